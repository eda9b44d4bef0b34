"""Hosts give somebody a role in a meeting, take it back, or hand the meeting over. For pages and for the room."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from companies.models import Person
from meetings import access, signals
from meetings.models import Meeting, MeetingRole
from meetings.preconditions import lock
from meetings.stage_roles import UnableToAppoint, refresh_rights, refuse_appointment, refuse_new_host


@transaction.atomic
def appoint(*, meeting: Meeting, person: Person, role: str, by: access.Visitor, now: datetime) -> MeetingRole:
    """Gives the person this role, whatever they had before; takes effect at once, also in the open room.

    Who is new on stage is invited to it by email, once. Whether the visitor hosts the meeting is checked under the
    lock. Raises NotAllowed, NotVisible, UnableToAppoint.
    """
    person, meeting = _locked(meeting, person, by)
    refuse_appointment(meeting, person, role)
    before = MeetingRole.objects.filter(meeting=meeting, person=person).first()
    given, is_new = MeetingRole.objects.update_or_create(
        meeting=meeting, person=person, defaults={"role": role}
    )
    if before is None or before.role != role:
        refresh_rights(meeting, person.pk)
    if is_new:
        _touch(meeting, now)
    if is_new and meeting.is_open:
        signals.meeting_scheduled.send(Meeting, meeting=meeting, now=now)
    return given


@transaction.atomic
def dismiss(*, meeting: Meeting, person: Person, by: access.Visitor, now: datetime) -> None:
    """Takes the person's role back; a registration stays. Who was invited to the stage is told by email.

    Raises NotAllowed, NotVisible, UnableToAppoint.
    """
    person, meeting = _locked(meeting, person, by)
    if not (meeting.is_open or meeting.state == Meeting.State.DRAFT):
        raise UnableToAppoint("over", _("The meeting is over."))
    if person.pk == meeting.host_id:
        raise UnableToAppoint("host", _("The host of a meeting cannot be removed."))
    deleted, _rows = MeetingRole.objects.filter(meeting=meeting, person=person).delete()
    if not deleted:
        raise UnableToAppoint("no_role", _("This person no longer has a role in the meeting."))
    refresh_rights(meeting, person.pk)
    _touch(meeting, now)
    if meeting.is_open:
        signals.stage_left.send(Meeting, meeting=meeting, people={person.pk}, now=now)


@transaction.atomic
def hand_over(*, meeting: Meeting, person: Person, by: access.Visitor, now: datetime) -> Meeting:
    """Makes a person with an account the host; who was it becomes a co-host. The company that hosts stays.

    Only the host and the secretariat may. Raises NotAllowed, NotVisible, UnableToAppoint.
    """
    person, meeting = _locked(meeting, person, by)
    is_host = by.person is not None and by.person.pk == meeting.host_id
    if not (is_host or by.is_secretariat):
        raise access.NotAllowed
    refuse_new_host(meeting, person)
    before = meeting.host_id
    MeetingRole.objects.filter(meeting=meeting, person=person).delete()
    MeetingRole.objects.update_or_create(
        meeting=meeting, person_id=before, defaults={"role": MeetingRole.Role.CO_HOST}
    )
    meeting.host = person
    meeting.save(update_fields=["host"])
    _touch(meeting, now)
    for each in (before, person.pk):
        refresh_rights(meeting, each)
    return meeting


def _locked(meeting: Meeting, person: Person, by: access.Visitor) -> tuple[Person, Meeting]:
    """Everywhere people are locked before meetings. The meeting is read after its lock."""
    person = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    lock(meeting)
    return person, access.meeting_for(by, meeting.pk, access.Level.HOST)


def _touch(meeting: Meeting, now: datetime) -> None:
    """Readers of its page see who is on stage."""
    Meeting.objects.filter(pk=meeting.pk).update(changed_at=now)
