"""Who is notified of a meeting, and of what after a change; for the preview and for the planning of emails."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _

from companies.models import Person
from meetings.access import memberships
from meetings.models import Invitation, Meeting, Registration

# Of thousands of registrations: rows of plain values take a fifth of the time of instances.
READ = ("pk", "person_id", "state", "language", "timezone", "country", "person__wants_reminders")
QUIET_CHANGES = frozenset({"reminders", "timezone"})  # these only plan reminders anew


class MailKind(StrEnum):
    CHANGE = "change"
    INVITATION = "invitation"
    WITHDRAWN = "withdrawn"
    REMINDER = "reminder"


@dataclass(frozen=True)
class Recipient:
    """A person is one recipient: by their registration, else by role or project room, else by their invitation.

    `person_id` is None for a new speaker, before the change is made.
    """

    person_id: int | None
    language: str
    timezone: str
    reason: str  # why they are notified, for the host
    has_calendar_event: bool = True  # the meeting is in their calendar
    registration_id: str | None = None
    wants_reminders: bool = True
    invitation_id: str | None = None
    country: str = ""

    @property
    def is_reminded(self) -> bool:
        """Who has only been invited has not said that they will come."""
        return self.has_calendar_event and self.invitation_id is None


@dataclass(frozen=True)
class PlannedMail:
    recipient: Recipient
    kind: MailKind
    minutes_before: int | None = None
    due_at: datetime | None = None  # at once


PeopleFilter = Callable[[Meeting, Collection[int]], set[int]]


@dataclass(frozen=True)
class InvitationLog:
    """Who was invited to or removed from a stage before; only the app that keeps the emails knows.

    It registers itself in AppConfig.ready.
    """

    people_to_invite: (
        PeopleFilter  # those of them who have no invitation, or were notified of a removal since
    )
    people_to_notify_of_removal: PeopleFilter  # those of them whose invitation was sent
    people_with_a_file: Callable[[Meeting], set[int]]  # whose event came in a file with others of its series


_invitation_log: list[InvitationLog] = []


def register_invitation_log(log: InvitationLog) -> None:
    _invitation_log[:] = [log]


def people_to_invite(meeting: Meeting, people: Collection[int]) -> set[int]:
    return {one for log in _invitation_log for one in log.people_to_invite(meeting, people)}


def people_to_notify_of_removal(meeting: Meeting, people: Collection[int]) -> set[int]:
    return {one for log in _invitation_log for one in log.people_to_notify_of_removal(meeting, people)}


def told_in_one_email(meeting: Meeting, told: Iterable[Recipient]) -> set[int]:
    """Those who hear of a step with several meetings of the series in one email."""
    with_file = {one for log in _invitation_log for one in log.people_with_a_file(meeting)}
    return {
        one.person_id
        for one in told
        if one.person_id is not None and (one.person_id in with_file or not one.has_calendar_event)
    }


def recipients(meeting: Meeting) -> list[Recipient]:
    """Everybody who is notified of this meeting; inactive accounts are left out."""
    return recipients_with(meeting, [role.person for role in meeting.roles.select_related("person")])


def recipients_with(meeting: Meeting, stage: Iterable[Person]) -> list[Recipient]:
    """The same, with other people on the stage."""
    found: dict[int, Recipient] = {}
    for person in [meeting.host, *stage]:
        found.setdefault(person.pk, _by_role(person, _("host and people on stage")))
    for person in project_people(meeting):
        found.setdefault(person.pk, _by_role(person, _("people in the project room")))
    inactive = {person.pk for person in [meeting.host, *stage] if not person.is_active}
    reasons = {state.value: str(state.label) for state in Registration.State}
    registrations = meeting.registrations.active().filter(person__is_active=True)
    for pk, person_id, state, language, timezone, country, wants_reminders in registrations.values_list(
        *READ
    ):
        is_confirmed = state == Registration.State.CONFIRMED
        found[person_id] = Recipient(
            person_id,
            language,
            timezone,
            reasons[state],
            has_calendar_event=person_id in found or is_confirmed,
            registration_id=pk,
            wants_reminders=wants_reminders,
            country=country,
        )
    for invitation in meeting.invitations.unanswered().select_related("person"):
        if invitation.person.is_active:
            found.setdefault(invitation.person_id, _by_invitation(invitation))
    return [one for one in found.values() if one.person_id not in inactive]


def people_by_role(meeting: Meeting) -> set[int]:
    """The host, those with a role, and the people of a project room, whose accounts are active."""
    stage = [meeting.host, *(role.person for role in meeting.roles.select_related("person"))]
    return {person.pk for person in [*stage, *project_people(meeting)] if person.is_active}


def project_people(meeting: Meeting) -> list[Person]:
    if not meeting.room.is_project_room:
        return []
    return list(memberships().people_of(meeting.room_id))


def without_other_role(meeting: Meeting, joined: Collection[int]) -> set[int]:
    """Those of them who are neither the host nor in the project room, so were not notified before."""
    return set(joined) - {meeting.host_id} - {person.pk for person in project_people(meeting)}


def planned_mails(
    everybody: Iterable[Recipient],
    *,
    joined: Collection[int | None],
    invited: Collection[int | None],
    changed: Collection[str],
    reminders: Iterable[tuple[int, datetime]],
) -> Iterator[PlannedMail]:
    """The emails of a change. Who is new on stage and not registered gets no email about the change itself.

    Of those who have `joined` it, `invited` are those who were not invited before.
    """
    is_news = bool(set(changed) - QUIET_CHANGES)
    ahead = list(reminders)
    for one in everybody:
        is_new = one.person_id in joined
        if is_new and one.person_id in invited:
            yield PlannedMail(one, MailKind.INVITATION)
        if is_news and not (is_new and one.registration_id is None):
            yield PlannedMail(one, MailKind.CHANGE)
        if one.is_reminded and (changed or is_new):
            yield from (PlannedMail(one, MailKind.REMINDER, minutes, due_at) for minutes, due_at in ahead)


def upcoming_reminders(
    reminders: Iterable[int], *, starts_at: datetime, now: datetime
) -> list[tuple[int, datetime]]:
    """Minutes before the start, and when that is, of those still to come."""
    planned = [
        (minutes, starts_at - timedelta(minutes=minutes)) for minutes in sorted(set(reminders)) if minutes > 0
    ]
    return [(minutes, due_at) for minutes, due_at in planned if due_at > now]


def _by_role(person: Person, reason: str) -> Recipient:
    return Recipient(
        person.pk,
        person.language,
        person.timezone,
        reason,
        wants_reminders=person.wants_reminders,
        country=person.country,
    )


def _by_invitation(invitation: Invitation) -> Recipient:
    return Recipient(
        invitation.person_id,
        invitation.language,
        invitation.timezone,
        _("invited, no answer yet"),
        wants_reminders=invitation.person.wants_reminders,
        invitation_id=invitation.pk,
    )
