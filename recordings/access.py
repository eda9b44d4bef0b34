"""Who may watch, edit or upload a recording; all lookups on behalf of a person go through here."""

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, QuerySet

from companies.access import secretariat
from companies.models import Person
from meetings.access import (
    VISIBILITIES_OF_TIER,
    Level,
    NotAllowed,
    NotVisible,
    VisibilityTier,
    Visitor,
    can_be_involved,
    closed_project_rooms,
    hosted_meetings,
    level_in,
    meetings_involving,
    meetings_open_to,
    opened_project_rooms,
    own_registrations,
    stage_roles_of,
    tier_of,
)
from meetings.models import MeetingRole, Programme, Registration
from recordings.models import Recording, RecordingFile, Upload
from recordings.models.recording import RecordingQuerySet


def visible_recordings(visitor: Visitor) -> RecordingQuerySet:
    """Published ones by their visibility; for hosts all of their meetings."""
    return Recording.objects.filter(_visible_to_tier(tier_of(visitor)) | _by_involvement(visitor))


def published_recordings(tier: VisibilityTier, involved: Collection[str] = ()) -> RecordingQuerySet:
    """Published ones that anybody like the visitor may see, and these; newest first."""
    found = Recording.objects.filter(_visible_to_tier(tier) | Q(pk__in=involved))
    return found.published().order_by("-published_at")


def recordings_hidden_from(tier: VisibilityTier) -> RecordingQuerySet:
    """Published ones that only people involved in the meeting may see."""
    return Recording.objects.published().exclude(_visible_to_tier(tier))


def recordings_by_involvement(visitor: Visitor) -> RecordingQuerySet:
    """Published ones that the visitor may see because they are involved; newest first."""
    return Recording.objects.filter(_by_involvement(visitor)).published().order_by("-published_at")


def _visible_to_tier(tier: VisibilityTier) -> Q:
    if tier == VisibilityTier.EVERYTHING:
        return ~Q(pk__in=[])
    return _open_to_tier(tier) & Q(meeting__in=meetings_open_to(tier))


def _open_to_tier(tier: VisibilityTier) -> Q:
    """Published, with a visibility that includes this tier."""
    open_to = [Recording.Visibility[visibility.name] for visibility in VISIBILITIES_OF_TIER[tier]]
    return Q(state=Recording.State.PUBLISHED, visibility__in=open_to)


def _by_involvement(visitor: Visitor) -> Q:
    """Those that only people involved in the meeting may see."""
    if not can_be_involved(visitor):
        return Q(pk__in=[])
    involved = meetings_involving(visitor)
    shown = Q(visibility=Recording.Visibility.PUBLIC, meeting__in=involved)
    if visitor.company is not None:
        shown |= Q(visibility=Recording.Visibility.MEMBERS, meeting__in=involved)
    if visitor.person is not None:
        in_project = Q(room__in=opened_project_rooms(visitor).values("pk"))
        shown |= in_project & ~Q(visibility=Recording.Visibility.HOSTS)
    registrations = own_registrations(visitor).filter(state=Registration.State.CONFIRMED).values("meeting")
    shown |= Q(visibility=Recording.Visibility.REGISTERED, meeting__in=registrations)
    shown |= Q(meeting__in=stage_roles_of(visitor).values("meeting"))
    if visitor.person is None:
        return shown & Q(state=Recording.State.PUBLISHED)
    shown |= Q(meeting__in=MeetingRole.objects.filter(person=visitor.person).values("meeting"))
    hosted = hosted_meetings(visitor).values("pk")
    closed = Q(room__in=closed_project_rooms(visitor).values("pk"))
    return ((shown & Q(state=Recording.State.PUBLISHED)) | Q(meeting__in=hosted)) & ~closed


def newest_published(visitor: Visitor, meetings: Collection[str]) -> dict[str, Recording]:
    """By meeting, the newest recording that the visitor may watch."""
    shown = visible_recordings(visitor).published().filter(meeting__in=meetings)
    shown = shown.with_poster().order_by("published_at")
    return {recording.meeting_id: recording for recording in shown}


def recording_for(visitor: Visitor, recording_id: str, level: Level = Level.SEE) -> Recording:
    """Raises NotVisible when the visitor does not see it, NotAllowed when they may not do this with it."""
    found = visible_recordings(visitor).select_related(
        "meeting", "meeting__host_company", "meeting__host", "meeting__room", "room"
    )
    recording = found.filter(pk=recording_id).first()
    if recording is None:
        raise NotVisible
    if level > Level.SEE and level_in(visitor, recording.meeting) < level:
        raise NotAllowed
    return recording


def playable_recordings() -> RecordingQuerySet:
    """Those whose file has been processed and is kept."""
    ready = (Recording.State.READY, Recording.State.PUBLISHED)
    return Recording.objects.filter(state__in=ready, duration_seconds__gt=0)


def recordings_to_show(visitor: Visitor) -> RecordingQuerySet:
    """Those that the visitor may show to others in a meeting, the newest first: of meetings that they host, or public.

    Not everything that they may watch: others may be there who may not.
    """
    found = playable_recordings().order_by("-created_at", "pk")
    if visitor.is_secretariat:
        return found
    return found.filter(_public() | Q(meeting__in=hosted_meetings(visitor).values("pk")))


def public_recordings() -> RecordingQuerySet:
    """Those that anybody may watch."""
    return Recording.objects.filter(_public())


def is_public(recording: Recording) -> bool:
    return public_recordings().filter(pk=recording.pk).exists()


def _public() -> Q:
    public = Q(state=Recording.State.PUBLISHED, visibility=Recording.Visibility.PUBLIC)
    return public & Q(meeting__in=meetings_open_to(VisibilityTier.PUBLIC))


def recordings_to_look_after(by: Person | None) -> RecordingQuerySet:
    """Those that cannot be played or have not come in time, the oldest first; for the secretariat."""
    secretariat(by)
    missing = Q(state=Recording.State.EXPECTED, alarmed_at__isnull=False)
    found = Recording.objects.filter(Q(state=Recording.State.FAILED) | missing)
    return found.select_related("meeting").order_by("state_changed_at", "pk")


def upload_for(visitor: Visitor, upload_id: str) -> Upload:
    """The person's own upload, while they may host its meeting. Raises NotVisible."""
    found = Upload.objects.select_related("recording", "recording__meeting").filter(pk=upload_id).first()
    if found is None or visitor.person is None or found.created_by_id != visitor.person.pk:
        raise NotVisible
    if level_in(visitor, found.recording.meeting) < Level.HOST:
        raise NotVisible
    return found


def files_of(recording: OuterRef) -> QuerySet[RecordingFile]:
    """The prefetch of the files of many recordings."""
    return RecordingFile.objects.filter(recording=recording)


def programmes_of(recordings: QuerySet[Recording]) -> QuerySet[Programme]:
    """Programmes that these recordings belong to."""
    return Programme.objects.filter(Exists(recordings.filter(meeting__programme=OuterRef("pk"))))
