"""The secretariat changes the texts of emails: as a draft that is looked at and tested, then put to use."""

import copy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from companies.ids import new_id
from companies.models import Company, Person
from companies.refusals import Refusal
from engagement.models import Question
from meetings.access import Visitor
from meetings.models import Meeting, Registration
from notifications import outage
from notifications.digest_content import content_for
from notifications.editable_texts import EDITABLE, LONGEST, PARTS, unknown_variables
from notifications.mailer import ServerAway, deliver_at_once, shared_mailer
from notifications.mime import Mail
from notifications.models import EmailText, Notification
from notifications.outbox import without_secrets
from notifications.rendering import MailRenderer
from projects import access
from projects.models import ProjectRoom
from recordings.models import Recording
from rooms.models import Room

Kind = Notification.Kind
OF_A_RECORDING = (Kind.RECORDING, Kind.MISSED, Kind.RECORDING_MISSING, Kind.RECORDING_FAILED)
OF_A_ROLE = (Kind.INVITATION, Kind.OPEN_QUESTIONS, Kind.RECORDING_MISSING, Kind.RECORDING_FAILED)


class UnableToUseText(Refusal):
    """`code`: not_valid or not_there."""


@dataclass(frozen=True, kw_only=True)
class WrittenText:
    subject: str = ""
    introduction: str = ""
    closing: str = ""


def changed_and_drafted() -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """By kind and language: where the text in use is not the standard one, and where there is a draft."""
    changed = {(one.kind, one.language) for one in EmailText.objects.in_use() if not one.is_own}
    return changed, set(EmailText.objects.filter(used_at=None).values_list("kind", "language"))


def newest(kind: str, language: str) -> EmailText | None:
    """The draft, else what is in use."""
    return EmailText.objects.filter(kind=kind, language=language).select_related("written_by").first()


def history(kind: str, language: str) -> QuerySet[EmailText]:
    """What was put to use, the newest first."""
    used = EmailText.objects.filter(kind=kind, language=language, used_at__isnull=False)
    return used.select_related("written_by")


def problems(kind: Notification.Kind, language: str, written: WrittenText) -> dict[str, str]:
    """By part: what is wrong with it."""
    editable, found = EDITABLE[kind], {}
    for part in PARTS:
        text = getattr(written, part)
        unknown, needed = unknown_variables(text, editable), editable.must_have(part)
        if len(text) > LONGEST[part]:
            words = ngettext(
                "Use at most %(most)d character.", "Use at most %(most)d characters.", LONGEST[part]
            )
            found[part] = words % {"most": LONGEST[part]}
        elif part == "subject" and text and not editable.own("subject", language):
            found[part] = _("The subject of this email can’t be changed.")
        elif unknown:
            words = _("This email doesn’t have these variables: %(names)s. You can use: %(known)s")
            known = " ".join(f"{{{name}}}" for name in editable.variables)
            found[part] = words % {"names": " ".join(unknown), "known": known}
        elif text and needed and f"{{{needed}}}" not in text:
            found[part] = _("Keep this variable: %(name)s") % {"name": f"{{{needed}}}"}
    return found


@transaction.atomic
def write_draft(
    *, kind: Notification.Kind, language: str, written: WrittenText, by: Person, now: datetime
) -> EmailText:
    """In place of an earlier draft; what is as the product would say it is left empty. Raises UnableToUseText."""
    for part, message in problems(kind, language, written).items():
        raise UnableToUseText("not_valid", message, field=part)
    own = {part: EDITABLE[kind].own(part, language) for part in PARTS}
    parts = {part: text for part in PARTS if (text := getattr(written, part)) != own[part]}
    _drafts(kind, language).delete()
    try:
        with transaction.atomic():
            return EmailText.objects.create(
                kind=kind, language=language, written_by=by, written_at=now, **parts
            )
    except IntegrityError as error:  # somebody else's of this moment
        raise UnableToUseText("not_there", _changed_meanwhile()) from error


@transaction.atomic
def use_draft(*, draft_id: int, kind: Notification.Kind, language: str, now: datetime) -> None:
    """Exactly the one that was looked at: writing another makes another row. Raises UnableToUseText."""
    if not _drafts(kind, language).filter(pk=draft_id).update(used_at=now):
        raise UnableToUseText("not_there", _changed_meanwhile())


def _changed_meanwhile() -> str:
    return _("This draft was changed or put into use in the meantime. You’re now seeing the latest version.")


def discard_draft(*, draft_id: int, kind: Notification.Kind, language: str) -> None:
    _drafts(kind, language).filter(pk=draft_id).delete()


def _drafts(kind: Notification.Kind, language: str) -> Any:
    return EmailText.objects.filter(kind=kind, language=language, used_at=None)


# ---- looking at it ----------------------------------------------------------------------------------------


def preview(text: EmailText, *, by: Person, now: datetime) -> Mail | None:
    """As `by` would get it about something that there is, without its calendar event; None when there is nothing.

    Its personal links lead nowhere: there is no such registration.
    """
    row = _example(Kind(text.kind), text.language, by, now)
    if row is None:
        return None
    mail = MailRenderer(texts={(text.kind, text.language): text}).mail_of(row, now=now)
    return replace(without_secrets(mail), reference=f"text-{new_id()}", headers=())


def send_test(text: EmailText, *, by: Person, now: datetime) -> bool:
    """To `by` alone, at once; whether there was anything to send. Raises UnableToDeliver."""
    mail = preview(text, by=by, now=now)
    if mail is None:
        return False
    if outage.is_known_to_be_away(shared_mailer(), now=now):
        raise ServerAway("The mail server is away.")
    deliver_at_once(mail, now=now)
    return True


def _example(kind: Notification.Kind, language: str, by: Person, now: datetime) -> Notification | None:
    """A row that is stored nowhere, about the newest meeting, company or own project room."""
    reader = copy.copy(by)
    reader.language = language
    row = Notification(kind=kind, person=reader, details={"calendar": False}, due_at=now, created_at=now)
    match kind:
        case Kind.COLLEAGUE_ADDED:
            row.company = by.company or Company.objects.order_by("-pk").first()
            return row if row.company else None
        case Kind.PROJECT_ROOM:
            row.project = _project_room(by, language)
            return row
        case Kind.DIGEST:
            found = content_for(reader, since=None, now=now)
            row.details = {
                "meetings": [one.pk for one in found.meetings] if found else [],
                "recordings": [one.pk for one in found.recordings] if found else [],
            }
            return row
    return row if _is_about_a_meeting(row, reader, now) else None


def _project_room(by: Person, language: str) -> ProjectRoom:
    """The newest of their own, else an invented one: those of others are closed to the secretariat, too."""
    own = access.project_rooms(Visitor(by)).order_by("-pk").first()
    if own is not None:
        return own
    with translation.override(language):
        return ProjectRoom(room=Room(kind=Room.Kind.PROJECT), title={language: _("Example")})


def _is_about_a_meeting(row: Notification, reader: Person, now: datetime) -> bool:
    """Finds what it is about; whether there is any."""
    kind, meeting = Kind(row.kind), None
    if kind in OF_A_RECORDING:
        row.recording = Recording.objects.select_related("meeting").order_by("-pk").first()
        meeting = row.recording.meeting if row.recording else _newest_meeting(kind, now)
    elif kind == Kind.QUESTION_ANSWERED:
        row.question = Question.objects.exclude(answer="").order_by("-pk").first()
        meeting = Meeting.objects.filter(pk=row.question.meeting).first() if row.question else None
    else:
        meeting = _newest_meeting(kind, now)
    if meeting is None:
        return False
    row.meeting = meeting
    if kind not in OF_A_ROLE:
        row.registration = Registration(
            meeting=meeting,
            person=reader,
            name=reader.name,
            language=reader.language,
            timezone=reader.timezone,
            state=Registration.State.CONFIRMED,
            registered_at=now,
            offered_until=now + timedelta(days=1),
        )
    return True


def _newest_meeting(kind: Notification.Kind, now: datetime) -> Meeting | None:
    """The next one, else the last."""
    shown = Meeting.objects.exclude(state=Meeting.State.DRAFT)
    if kind != Kind.CANCELLATION:
        shown = shown.exclude(state=Meeting.State.CANCELLED)
    ahead = shown.filter(starts_at__gte=now).order_by("starts_at", "pk").first()
    return ahead or shown.order_by("-starts_at", "pk").first()
