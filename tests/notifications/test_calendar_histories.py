"""What 304 people in seven time zones and six languages are told of meetings that are created, moved, renamed and
cancelled, alone and as series, while they register, withdraw and come back.

Each one's calendar program is played by `Program`, which takes events as RFC 5546 says. At any moment what an email
says must be true; at the end calendar, feed and page must show what the database knows.
"""

import random
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from companies import zones
from companies.languages import in_language
from companies.models import Person
from meetings import calendar, changing, changing_series, meeting_input, recurrence, registering, scheduling
from meetings.models import Meeting, Registration
from notifications import dispatching
from notifications.email_content import time_range
from notifications.mime import Mail
from tests import factories
from tests.meetings.inputs import details
from tests.notifications.conftest import InMemoryMailer

pytestmark = pytest.mark.django_db
LANGUAGES = ("en", "sv", "pl", "de", "da", "lt")
ZONES = (
    *("Europe/Stockholm", "Europe/Warsaw", "Europe/Berlin", "Europe/Copenhagen"),
    *("Europe/Vilnius", "Europe/London", "America/New_York"),
)
WORLDS, READERS = 8, 38
TITLE = {code: f"Heat from harbour water ({code})" for code in LANGUAGES}
CONFIRMED = Registration.State.CONFIRMED
TAG = re.compile("<[^>]+>")
MOMENT = re.compile(r'<time datetime="([^"]+T[^"]+)"')


@dataclass
class Program:
    """A calendar program. It takes nothing older than what it has (RFC 5546, 2.1.5)."""

    events: dict[str, calendar.ParsedEvent] = field(default_factory=dict)
    taken: int = 0

    def take(self, mail: Mail) -> list[calendar.ParsedEvent]:
        """A published file is opened by its reader."""
        if mail.calendar is None:
            return []
        found = calendar.parse(mail.calendar.content)
        assert len(found) == 1 or mail.calendar.method == "PUBLISH"
        for event in found:
            known = self.events.get(event.uid)
            assert known is None or event.sequence >= known.sequence, "it would be ignored"
            if known is not None and event.status != known.status:
                assert event.sequence > known.sequence, "a cancellation outranks, and is outranked"
            self.events[event.uid] = event
            self.taken += 1
        return found


@dataclass
class Reader:
    person: Person
    program: Program = field(default_factory=Program)

    def compare(self, event: calendar.ParsedEvent, meeting: Meeting) -> None:
        assert (event.starts_at, event.ends_at) == (meeting.starts_at, meeting.ends_at)
        assert event.summary == in_language(meeting.title, self.person.language).text

    def compare_words(self, mail: Mail, meeting: Meeting) -> None:
        zone = self.person.timezone
        with translation.override(self.person.language), timezone.override(zones.zone(zone)):
            said = time_range(meeting.starts_at, meeting.ends_at, zone)
        assert said in mail.text
        assert said in unescape(TAG.sub("", mail.html))

    def check(self, meetings: list[Meeting]) -> None:
        """In the end."""
        feed = Client().get(reverse("calendar_feed", args=[self.person.calendar_key])).content
        in_feed = {event.uid: event for event in calendar.parse(feed)}
        confirmed = set(self.person.registrations.filter(state=CONFIRMED).values_list("meeting", flat=True))
        for meeting in meetings:
            shown, published = self.program.events.get(meeting.uid), in_feed.get(meeting.uid)
            is_on = meeting.state == Meeting.State.SCHEDULED
            if meeting.pk in confirmed and is_on:
                assert shown is not None
                assert shown.status == "CONFIRMED"
                self.compare(shown, meeting)
            else:
                assert shown is None or shown.status == "CANCELLED"
            assert (published is not None) == (meeting.pk in confirmed)
            if published is not None:
                self.compare(published, meeting)
                assert published.status == ("CONFIRMED" if is_on else "CANCELLED")

    def look_at_the_page(self, meeting: Meeting) -> None:
        client = Client()
        client.force_login(self.person)
        page = client.get(meeting.get_absolute_url()).content.decode()
        moments = {datetime.fromisoformat(found).astimezone(UTC) for found in MOMENT.findall(page)}
        assert meeting.starts_at in moments
        is_cancelled = "badge badge--bad" in page
        assert is_cancelled == (meeting.state == Meeting.State.CANCELLED)


@dataclass
class World:
    """A host's meeting or series, and its readers."""

    dice: random.Random
    mailer: InMemoryMailer
    readers: list[Reader]
    clock: datetime = factories.NOW
    meetings: list[Meeting] = field(default_factory=list)

    def tick(self) -> datetime:
        self.clock += timedelta(minutes=10)
        return self.clock

    # -- what happens --

    def schedule(self) -> None:
        host = factories.member(language="en", timezone=self.dice.choice(ZONES))
        given = details(
            title=TITLE,
            local_day=date(2027, self.dice.choice([2, 3, 6, 10]), self.dice.randint(1, 20)),
            local_time=time(self.dice.randint(7, 18)),
            timezone=self.dice.choice(ZONES),
            reminders=(),
        )
        rule = recurrence.Rule(frequency="weekly", count=3) if self.dice.random() < 2 / 3 else None
        self.meetings = scheduling.schedule(host=host, details=given, rule=rule, now=self.tick())

    def open_ones(self) -> list[Meeting]:
        rows = Meeting.objects.filter(pk__in=[one.pk for one in self.meetings], state=Meeting.State.SCHEDULED)
        return list(rows.order_by("starts_at"))

    def register_or_withdraw(self, reader: Reader, ahead: list[Meeting]) -> None:
        person = reader.person
        active = Registration.objects.active().filter(person=person, meeting__in=ahead)
        mine = list(active.select_related("meeting"))
        if mine and self.dice.random() < 0.5:
            registering.withdraw(registration=self.dice.choice(mine), now=self.tick())
        elif len(mine) < len(ahead):
            who = registering.Applicant(
                *(person.email, person.name),
                language=person.language,
                timezone=person.timezone,
                is_verified=True,
            )
            if ahead[0].series is not None and self.dice.random() < 0.7:
                registering.register_for_series(series=ahead[0].series, applicant=who, now=self.tick())
            else:
                taken = {one.meeting_id for one in mine}
                free = [one for one in ahead if one.pk not in taken]
                registering.register(meeting=self.dice.choice(free), applicant=who, now=self.tick())

    def change(self) -> None:
        """Another time, zone, length or title; of one meeting, or of it and the following."""
        meeting = self.dice.choice(self.open_ones())
        present = meeting_input.details_of(meeting)
        new = self.dice.choice(
            [
                replace(present, local_day=present.local_day + timedelta(days=self.dice.randint(1, 5))),
                replace(present, local_time=time(self.dice.randint(7, 18), 30)),
                replace(present, timezone=self.dice.choice(ZONES)),
                replace(present, duration_minutes=self.dice.choice([30, 90])),
                replace(
                    present, title={code: f"{TITLE[code]} {self.dice.randint(1, 99)}" for code in LANGUAGES}
                ),
            ]
        )
        flow = self.dice.choice([changing.change_meeting, changing_series.change_following])
        flow(meeting=meeting, details=new, now=self.tick())

    def cancel(self) -> None:
        flow = self.dice.choice([changing.cancel_meeting, changing_series.cancel_following])
        flow(meeting=self.dice.choice(self.open_ones()), reason="", now=self.tick())

    def add_a_date(self) -> None:
        meeting = self.dice.choice(self.open_ones())
        day = meeting.local_day + timedelta(days=self.dice.randint(30, 60))
        self.meetings += scheduling.add_dates(meeting=meeting, days=[day], now=self.tick())

    def deliver(self) -> None:
        """What leaves now is true now: text, HTML and calendar agree with the database."""
        now, mails = self.tick(), self.mailer.mails
        mails.clear()
        dispatching.send_all_due(clock=lambda: now, mailer=self.mailer, worker="test")
        by_uid = {one.uid: one for one in Meeting.objects.filter(pk__in=[one.pk for one in self.meetings])}
        by_address = {reader.person.email: reader for reader in self.readers}
        for mail in mails:
            reader = by_address.get(mail.recipient[1])
            for event in reader.program.take(mail) if reader else []:
                reader.compare(event, by_uid[event.uid])
                reader.compare_words(mail, by_uid[event.uid])


def play(number: int, mailer: InMemoryMailer) -> World:
    """The same each time."""
    readers = []
    for own in range(number * READERS, (number + 1) * READERS):
        language, zone = LANGUAGES[own % len(LANGUAGES)], ZONES[own % len(ZONES)]
        readers.append(Reader(factories.person(language=language, timezone=zone, name=f"Reader {own}")))
    world = World(random.Random(number), mailer, readers)
    world.schedule()
    steps = [world.change, world.change, world.change, world.cancel, world.add_a_date]
    for _ in range(4):
        ahead = world.open_ones()
        for reader in readers:
            if ahead and world.dice.random() < 0.25:
                world.register_or_withdraw(reader, ahead)
        if world.dice.random() < 0.7:
            world.deliver()
        if ahead:
            world.dice.choice(steps)()
    world.deliver()
    return world


def test_calendars_feeds_pages_and_emails_tell_the_same(mailer, time_machine):
    time_machine.move_to(factories.NOW, tick=False)
    taken = 0
    for number in range(WORLDS):
        world = play(number, mailer)
        meetings = list(Meeting.objects.filter(pk__in=[one.pk for one in world.meetings]))
        for reader in world.readers:
            reader.check(meetings)
            taken += reader.program.taken
        world.readers[0].look_at_the_page(meetings[0])
    assert taken > WORLDS * READERS
