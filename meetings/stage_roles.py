"""The people on stage of a meeting and their roles."""

from functools import partial

from django.db import transaction

from companies.guests import get_or_create_person
from companies.models import Person
from meetings.meeting_input import MeetingDetails
from meetings.models import Meeting, MeetingRole
from rooms import bus


def get_or_create_stage(details: MeetingDetails, host: Person) -> dict[int, str]:
    """Role by person id. Call it before the meeting is locked: everywhere people are locked before meetings."""
    profile = {"language": host.language, "timezone": details.timezone}
    return {
        get_or_create_person(email=one.email, name=one.name.strip(), **profile).pk: one.role
        for one in details.speakers
    }


def set_stage_roles(meeting: Meeting, stage: dict[int, str]) -> tuple[set[int], set[int]]:
    """Returns the ids of people added and removed. The rights of their open connections are read again."""
    before = dict(meeting.roles.values_list("person_id", "role"))
    meeting.roles.exclude(person__in=stage).delete()
    for person_id, role in stage.items():
        MeetingRole.objects.update_or_create(meeting=meeting, person_id=person_id, defaults={"role": role})
    for person_id, _role in before.items() ^ stage.items():
        refresh = partial(bus.reauthorize_person, person_id, room=meeting.room_id)
        transaction.on_commit(refresh, robust=True)
    return stage.keys() - before.keys(), before.keys() - stage.keys()
