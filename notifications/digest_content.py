"""What the weekly email tells one person: new webinars that they may attend, new recordings that they may watch.

In their language or in English, spoken or interpreted; of what their company works on or needs, where it says so.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from companies.models import Company, Person
from meetings.access import Visitor, own_meetings, visible_meetings
from meetings.models import Meeting
from recordings.access import visible_recordings
from recordings.models import Recording

MOST_MEETINGS, MOST_RECORDINGS = 8, 5
MOST_READ = 200  # rows looked at for each
AT_FIRST = timedelta(days=30)  # how old a recording may be in the first email


@dataclass(frozen=True)
class DigestContent:
    meetings: list[Meeting]
    recordings: list[Recording]
    has_more_meetings: bool = False
    has_more_recordings: bool = False

    def __bool__(self) -> bool:
        return bool(self.meetings or self.recordings)


def content_for(person: Person, *, since: datetime | None, now: datetime) -> DigestContent:
    """What was published since; at first every webinar still to come, and recordings of the last month.

    Of a series the next date stands for all that are new.
    """
    topics = _topics_wanted_by(person.company)
    is_new = Q(published_at__gt=since, published_at__lte=now) if since else Q(published_at__lte=now)
    meetings = _open_to(person, now).filter(is_new).order_by("starts_at", "pk")
    recordings = _watchable_by(person, now).filter(published_at__gt=since or now - AT_FIRST)
    fitting = _first_of_each_series(one for one in meetings[:MOST_READ] if _fits(one, person, topics))
    watched = [one for one in recordings[:MOST_READ] if _recording_fits(one, person, topics)]
    return DigestContent(
        fitting[:MOST_MEETINGS],
        watched[:MOST_RECORDINGS],
        has_more_meetings=len(fitting) > MOST_MEETINGS,
        has_more_recordings=len(watched) > MOST_RECORDINGS,
    )


def _first_of_each_series(meetings: Iterable[Meeting]) -> list[Meeting]:
    found: dict[str, Meeting] = {}
    for one in meetings:
        found.setdefault(one.series_id or one.pk, one)
    return list(found.values())


def content_of(
    person: Person, *, meetings: Iterable[str], recordings: Iterable[str], now: datetime
) -> DigestContent:
    """Of what was chosen, what the person may still attend or watch."""
    return DigestContent(
        list(_open_to(person, now).filter(pk__in=list(meetings)).order_by("starts_at", "pk")),
        list(_watchable_by(person, now).filter(pk__in=list(recordings))),
    )


def _open_to(person: Person, now: datetime) -> QuerySet[Meeting]:
    """Still to come, and not theirs already; for the secretariat without those to which they are not invited."""
    visitor = Visitor(person)
    found = visible_meetings(visitor).filter(state=Meeting.State.SCHEDULED, starts_at__gt=now)
    found = found.exclude(registration=Meeting.RegistrationMode.CLOSED)
    found = found.exclude(Q(kind=Meeting.Kind.PROJECT_MEETING) | Q(visibility=Meeting.Visibility.INVITED))
    found = found.exclude(pk__in=own_meetings(visitor).values("pk"))
    return found.select_related("host_company").prefetch_related(*_OF_HOST)


_OF_HOST = ("host_company__topics", "host_company__offers__topics")


def _watchable_by(person: Person, now: datetime) -> QuerySet[Recording]:
    """Newest first; without those of meetings that are theirs, whose recordings they are told of anyway.

    Nor those for the people of one meeting alone, which the secretariat could watch.
    """
    visitor = Visitor(person)
    found = visible_recordings(visitor).published().filter(Q(expires_at=None) | Q(expires_at__gt=now))
    of_few = Q(meeting__kind=Meeting.Kind.PROJECT_MEETING) | Q(meeting__visibility=Meeting.Visibility.INVITED)
    found = found.exclude(of_few | Q(visibility=Recording.Visibility.HOSTS))
    found = found.exclude(meeting__in=own_meetings(visitor).values("pk")).select_related(
        "meeting__host_company"
    )
    of_meeting = (f"meeting__{path}" for path in _OF_HOST)
    return found.prefetch_related(*of_meeting).order_by("-published_at", "pk")


def _topics_wanted_by(company: Company | None) -> set[int]:
    if company is None:
        return set()
    needs = company.needs.filter(topics__isnull=False).values_list("topics", flat=True)
    return {*company.topics.values_list("pk", flat=True), *needs}


def _fits(meeting: Meeting, person: Person, topics: set[int]) -> bool:
    understood = {person.language, "en"}
    return bool(understood & {*meeting.languages, *meeting.interpreted_into}) and _is_about(meeting, topics)


def _recording_fits(recording: Recording, person: Person, topics: set[int]) -> bool:
    spoken = {recording.language} if recording.language else set(recording.meeting.languages)
    return bool({person.language, "en"} & spoken) and _is_about(recording.meeting, topics)


def _is_about(meeting: Meeting, topics: set[int]) -> bool:
    """Where the person's or the hosting company says nothing of its field, everything fits."""
    company = meeting.host_company
    if company is None:
        return True
    told = {one.pk for one in company.topics.all()}
    told |= {one.pk for offer in company.offers.all() for one in offer.topics.all()}
    return not topics or not told or bool(topics & told)
