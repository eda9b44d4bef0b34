"""Creates one live webinar with registered guests and prints the tickets: `python -m bench.seed 500`.

Further numbers are of people who come back: `python -m bench.seed 500 250` prints a second ticket for 250 of them.
`python -m bench.seed 200x10` makes 200 rooms of ten.
"""

import json
import os
import sys
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webinar_service.settings")
django.setup()

from django.utils import timezone  # noqa: E402

from companies.models import Company, Person  # noqa: E402
from meetings import room_policy  # noqa: E402
from meetings.access import Level, MeetingAccess  # noqa: E402
from meetings.models import Meeting, Registration  # noqa: E402
from rooms import tickets  # noqa: E402
from rooms.models import Room  # noqa: E402


def webinar() -> Meeting:
    now = timezone.now()
    Company.objects.get_or_create(
        slug="company-12",
        defaults={"name": "Company 12", "country": "SE", "created_at": now, "updated_at": now},
    )
    host = Person.objects.filter(email="host@bench.example").first() or Person.objects.create_user(
        "host@bench.example", name="Host"
    )
    meeting = Meeting(
        kind=Meeting.Kind.WEBINAR,
        state=Meeting.State.LIVE,
        title={"en": "Bench"},
        host=host,
        room=Room.objects.create(created_at=now),
        starts_at=now,
        started_at=now,
        ends_at=now + timedelta(hours=1),
        local_day=now.date(),
        local_time=now.time(),
        created_at=now,
        published_at=now,
    )
    meeting.uid = Meeting.new_uid(meeting.pk)
    meeting.save()
    return meeting


def guest_tickets(meeting: Meeting, count: int) -> list[str]:
    addresses = [f"guest{number}@bench.example" for number in range(count)]
    people = [
        Person(email=address, name=f"Person {number + 1000}", password="!")
        for number, address in enumerate(addresses)
    ]
    Person.objects.bulk_create(people, ignore_conflicts=True)
    Registration.objects.bulk_create(
        (
            Registration(
                meeting=meeting,
                person=person,
                state=Registration.State.CONFIRMED,
                name=person.name,
                company_name="Company 12",
                registered_at=meeting.created_at,
            )
            for person in Person.objects.filter(email__in=addresses)
        ),
        ignore_conflicts=True,
    )
    registrations = meeting.registrations.filter(person__email__in=addresses).select_related("person")
    found = [
        MeetingAccess(meeting, registration.person, registration, Level.ENTER)
        for registration in registrations
    ]
    entries = [room_policy.entry_of(each, meeting.room) for each in found]
    return [tickets.issue(entry, signed_in=False) for entry in entries]


def host_ticket(meeting: Meeting) -> str:
    access = MeetingAccess(meeting, meeting.host, None, Level.HOST)
    return tickets.issue(room_policy.entry_of(access, meeting.room))


if __name__ == "__main__":
    rooms, is_several, people = sys.argv[1].partition("x")
    if is_several:
        webinars = [webinar() for _ in range(int(rooms))]
        several = [{"room": each.room_id, "tickets": guest_tickets(each, int(people))} for each in webinars]
        print(json.dumps(several))
        raise SystemExit
    made = webinar()
    sets = [guest_tickets(made, int(count)) for count in sys.argv[1:]]
    print(
        json.dumps({"room": made.room_id, "host": host_ticket(made), "tickets": sets[0], "later": sets[1:]})
    )
