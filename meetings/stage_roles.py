"""The people on stage of a meeting and their roles."""

from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from companies import zones
from companies.guests import get_or_create_person
from companies.models import Person
from companies.refusals import Refusal
from meetings.meeting_input import MeetingDetails
from meetings.models import Meeting, MeetingRole
from rooms import bus


class UnableToAppoint(Refusal):
    """`code`: over, unknown_role, host (has the role already), no_account (a co-host signs in), inactive, no_role."""


# What a host gives to somebody from a list; speakers by address come with the meeting's form.
APPOINTABLE = (
    MeetingRole.Role.CO_HOST,
    MeetingRole.Role.SPEAKER,
    MeetingRole.Role.INTERPRETER,
    MeetingRole.Role.CAPTIONER,
)


def refuse_appointment(meeting: Meeting, person: Person, role: str) -> None:
    """Raises UnableToAppoint."""
    if not (meeting.is_open or meeting.state == Meeting.State.DRAFT):
        raise UnableToAppoint("over", _("The meeting is over."))
    if role not in APPOINTABLE:
        raise UnableToAppoint("unknown_role", _("Choose co-host, speaker, interpreter or captioner."))
    if person.pk == meeting.host_id:
        raise UnableToAppoint("host", _("This person is already the host of this meeting."))
    if not person.is_active:
        raise UnableToAppoint("inactive", _("This account is closed."))
    if role == MeetingRole.Role.CO_HOST and not person.has_account:
        message = _(
            "A co-host needs an account. Ask them to sign in once with the address they registered with."
        )
        raise UnableToAppoint("no_account", message)


def refuse_new_host(meeting: Meeting, person: Person) -> None:
    """Raises UnableToAppoint."""
    if not (meeting.is_open or meeting.state == Meeting.State.DRAFT):
        raise UnableToAppoint("over", _("The meeting is over."))
    if person.pk == meeting.host_id:
        raise UnableToAppoint("host", _("This person is already the host of this meeting."))
    if not person.is_active:
        raise UnableToAppoint("inactive", _("This account is closed."))
    if not person.has_account:
        raise UnableToAppoint("no_account", _("A host needs an account. Ask them to sign in once."))


def refresh_rights(meeting: Meeting, person_id: int) -> None:
    """The rights of the person's open connections are read again after the commit."""
    refresh = partial(bus.reauthorize_person, person_id, room=meeting.room_id)
    transaction.on_commit(refresh, robust=True)


def get_or_create_stage(details: MeetingDetails, host: Person) -> dict[int, str]:
    """Role by person id. Call it before the meeting is locked: everywhere people are locked before meetings.

    A new speaker reads the one language that is spoken, where it is one, and lives where it is spoken; everybody else
    new reads that of the host.
    """
    of_host = {"language": host.language, "timezone": details.timezone}
    of_speaker = of_host
    if len(details.languages) == 1 and details.languages[0] != host.language:
        (spoken,) = details.languages
        of_speaker = {"language": spoken, "timezone": zones.BY_LANGUAGE.get(spoken, details.timezone)}
    return {
        get_or_create_person(
            email=one.email,
            name=one.name.strip(),
            **(of_speaker if one.role == MeetingRole.Role.SPEAKER else of_host),
        ).pk: one.role
        for one in details.speakers
    }


def set_stage_roles(meeting: Meeting, stage: dict[int, str]) -> tuple[set[int], set[int]]:
    """Returns the ids of people added and removed. The rights of their open connections are read again."""
    before = dict(meeting.roles.values_list("person_id", "role"))
    meeting.roles.exclude(person__in=stage).delete()
    for person_id, role in stage.items():
        MeetingRole.objects.update_or_create(meeting=meeting, person_id=person_id, defaults={"role": role})
    for person_id, _role in before.items() ^ stage.items():
        refresh_rights(meeting, person_id)
    return stage.keys() - before.keys(), before.keys() - stage.keys()
