"""After the time for which a funder may ask, the attendance of a meeting is kept without people.

Each person in it is replaced by a stand-in of the same company and country: a row without name and address. Stand-ins
are used again for other meetings, in an order by chance, so that nobody can be followed from one to the next.
"""

import secrets
from collections import defaultdict
from datetime import datetime
from typing import TypeAlias

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from companies import erasing
from companies.ids import new_id
from companies.models import Person
from meetings.models import Invitation, Meeting, Registration
from rooms import presence_records
from rooms.models import Participant, Presence, Room

Group: TypeAlias = tuple[int | None, str]  # company and country


def anonymise_old_meetings(now: datetime, limit: int) -> int:
    """Meetings that ended before RETENTION_ATTENDANCE_YEARS; the oldest first, each in a transaction of its own."""
    cutoff = now - relativedelta(years=settings.RETENTION_ATTENDANCE_YEARS)
    old = Meeting.objects.filter(anonymised_at__isnull=True, ends_at__lt=cutoff)
    keys = list(old.order_by("ends_at").values_list("pk", flat=True)[:limit])
    return sum(anonymise(meeting_id, now=now) for meeting_id in keys)


@transaction.atomic
def anonymise(meeting_id: str, *, now: datetime) -> bool:
    """False when it was done before."""
    meeting = Meeting.objects.select_for_update(no_key=True).get(pk=meeting_id)
    if meeting.anonymised_at is not None:
        return False
    registrations = Registration.objects.filter(meeting=meeting)
    registrations.filter(state=Registration.State.CANCELLED).delete()
    invited = list(Person.objects.filter(invitations__meeting=meeting, erased_at__isnull=False).distinct())
    Invitation.objects.filter(meeting=meeting).delete()
    presences = _presences_of(meeting)
    people = Person.objects.filter(
        Q(pk__in=registrations.values("person")) | Q(pk__in=presences.values("person"))
    )
    for person, stand_in in _stand_ins(list(people), now).items():
        registrations.filter(person=person).update(
            person=stand_in, name="", answers={}, link_key=new_id(), verify_by=None
        )
        presences.filter(person=person).update(person=stand_in)
        erasing.delete_unneeded(person=person)
    for person in invited:
        erasing.delete_unneeded(person=person)
    if not meeting.room.is_project_room:
        rooms = Room.objects.with_breakouts([meeting.room_id])
        Participant.objects.filter(room__in=rooms.values("pk")).delete()
    meeting.anonymised_at = now
    meeting.save(update_fields=["anonymised_at"])
    return True


def _presences_of(meeting: Meeting) -> QuerySet[Presence]:
    """In a project room only those within this meeting."""
    if not meeting.room.is_project_room:
        return presence_records.recorded(room_id=meeting.room_id)
    start, end = meeting.started_at or meeting.starts_at, meeting.ended_at or meeting.ends_at
    return presence_records.recorded(room_id=meeting.room_id, since=start, until=end)


def _stand_ins(people: list[Person], now: datetime) -> dict[Person, Person]:
    """Nobody gets the stand-in of another in the same meeting, so that the number of people stays right."""
    groups: dict[Group, list[Person]] = defaultdict(list)
    for person in people:
        groups[person.company_id, person.country].append(person)
    found: dict[Person, Person] = {}
    for group, members in groups.items():
        secrets.SystemRandom().shuffle(members)
        found |= dict(zip(members, _stand_ins_of(group, len(members), now), strict=True))
    return found


def _stand_ins_of(group: Group, count: int, now: datetime) -> list[Person]:
    company_id, country = group
    kept = Person.objects.filter(
        email__startswith="stand-in-", company=company_id, country=country, erased_at__isnull=False
    )
    there = list(kept.order_by("pk")[:count])
    return there + [_new_stand_in(company_id, country, now) for _ in range(count - len(there))]


def _new_stand_in(company_id: int | None, country: str, now: datetime) -> Person:
    return Person.objects.create_user(
        f"stand-in-{new_id()}@{erasing.STAND_IN_DOMAIN}",
        company_id=company_id,
        country=country,
        is_active=False,
        wants_reminders=False,
        wants_follow_ups=False,
        erased_at=now,
    )
