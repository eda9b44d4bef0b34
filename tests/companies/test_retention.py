"""What is older than its period goes every night, what is younger stays, and the cost does not grow with history."""

from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from django.conf import settings as django_settings
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection
from django.forms import model_to_dict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from api.models import ApiToken, IdempotentAnswer
from attendance.report import attendance_of
from companies import retention
from companies.models import Person
from companies.tasks import apply_retention
from engagement.models import BreakoutRound, Poll, Question, Resource, SlideDeck
from engagement.resources.files import delete_orphans, name_of
from engagement.resources.models import resources_storage
from engagement.slides import files
from meetings.models import Meeting, Registration
from notifications import unsubscribing
from notifications.models import ContactMessage, Notification, Preference
from projects.models import ProjectMember
from rooms.models import Presence, Room, RoomEvent
from tests import factories
from tests.companies.full_life import ADDRESS, NAME, full_life
from tests.test_growth import many

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def now() -> datetime:
    return timezone.now()


def months_ago(now: datetime, months: int) -> datetime:
    return now - relativedelta(months=months)


def guest_of(ended: datetime, *, created: datetime | None = None, **fields: Any) -> Person:
    """Somebody who registered for one meeting, which ended then."""
    person = factories.person(**fields)
    Person.objects.filter(pk=person.pk).update(created_at=created or ended - 30 * DAY)
    meeting = factories.meeting(
        starts_at=ended - timedelta(hours=1), ends_at=ended, state=Meeting.State.ENDED, host=host()
    )
    factories.registration(meeting=meeting, person=person, registered_at=ended - 20 * DAY)
    return person


def host() -> Person:
    return Person.objects.filter(email="host@example.org").first() or factories.member(
        email="host@example.org"
    )


def run(now: datetime) -> dict[str, int]:
    return retention.apply_retention(now=now)


def is_erased(person: Person) -> bool:
    row = Person.objects.filter(pk=person.pk).first()
    return row is None or row.erased_at is not None


def test_guests_go_two_years_after_their_last_meeting(now: datetime) -> None:
    border = months_ago(now, 24)
    old, young = guest_of(border - DAY), guest_of(border + DAY)
    assert run(now)["guests"] == 1
    assert (is_erased(old), is_erased(young)) == (True, False)
    assert Registration.objects.filter(name="", person__erased_at__isnull=False).count() == 1
    assert not Notification.objects.exists()  # nobody is written to


@pytest.mark.parametrize(
    "kept",
    ["account", "member", "registered again", "on a later stage", "hosts", "just created"],
)
def test_who_is_no_guest_or_came_again_stays(now: datetime, kept: str) -> None:
    person = guest_of(months_ago(now, 24) - DAY)
    if kept == "account":
        Person.objects.filter(pk=person.pk).update(last_login=months_ago(now, 23))
    elif kept == "member":
        Person.objects.filter(pk=person.pk).update(company=factories.company())
    elif kept == "registered again":
        factories.registration(person=person, meeting=factories.meeting(starts_at=now + DAY))
    elif kept == "on a later stage":
        factories.role(factories.meeting(starts_at=now + DAY), person)
    elif kept == "hosts":
        factories.meeting(starts_at=now + DAY, host=person)
    else:
        Person.objects.filter(pk=person.pk).update(created_at=now)
    assert run(now)["guests"] == 0
    assert not is_erased(person)


def test_emails_go_a_year_after_they_were_due(now: datetime) -> None:
    border = months_ago(now, 12)
    meeting = factories.meeting(starts_at=border, state=Meeting.State.ENDED)
    ahead = factories.meeting(starts_at=now + DAY)

    def email(due_at: datetime, state: str = "sent", of: Meeting = meeting) -> Notification:
        return Notification.objects.create(
            kind="change",
            person=host(),
            meeting=of,
            dedupe_key=f"{due_at}{state}{of.pk}",
            state=state,
            drop_reason="too_late" if state == "dropped" else "",
            sent_at=due_at,
            due_at=due_at,
            created_at=due_at,
        )

    gone = [email(border - DAY, state) for state in ("sent", "dropped", "failed", "doubtful")]
    kept = [email(border + DAY), email(border - DAY, "waiting"), email(border - DAY, of=ahead)]
    assert run(now)["emails"] == len(gone)
    assert set(Notification.objects.values_list("pk", flat=True)) == {one.pk for one in kept}


def test_answers_to_programs_go_after_two_days_also_of_one_that_asks_no_more(now: datetime) -> None:
    token = ApiToken.objects.create(person=host(), key_hash="hash", scopes=[], created_at=now)
    for key, at in (("old", now - timedelta(hours=49)), ("young", now - timedelta(hours=47))):
        IdempotentAnswer.objects.create(token=token, key=key, fingerprint=key, body={}, created_at=at)
    assert run(now)["repeated requests"] == 1
    assert [each.key for each in IdempotentAnswer.objects.all()] == ["young"]


def test_messages_of_the_contact_page_go_after_ninety_days_unless_they_still_wait(now: datetime) -> None:
    kept = [contact_message(now - 91 * DAY, "waiting"), contact_message(now - 89 * DAY)]
    gone = [contact_message(now - 91 * DAY, state) for state in ("sent", "failed")]
    gone.append(factories.contact_message(created_at=now - 91 * DAY))  # whose email is no longer listed
    assert run(now)["contact messages"] == 3
    assert set(ContactMessage.objects.all()) == {*kept}
    assert not Notification.objects.filter(contact_message__in=[each.pk for each in gone]).exists()


def contact_message(created_at: datetime, state: str = "sent") -> ContactMessage:
    message = factories.contact_message(created_at=created_at)
    Notification.objects.create(
        kind="contact",
        contact_message=message,
        dedupe_key=f"contact:{message.pk}",
        state=state,
        sent_at=created_at if state == "sent" else None,
        due_at=created_at,
        created_at=created_at,
    )
    return message


def test_the_chat_goes_after_two_years(now: datetime) -> None:
    border, room = months_ago(now, 24), factories.meeting().room
    for seq, at in enumerate((border - 2 * DAY, border - DAY, border + DAY, now), start=1):
        RoomEvent.objects.create(room=room, seq=seq, ev="chat.message", payload={}, at=at)
    assert run(now)["journal"] == 2
    assert list(RoomEvent.objects.order_by("seq").values_list("seq", flat=True)) == [3, 4]


def test_questions_and_polls_go_after_two_years(now: datetime) -> None:
    border, meeting = months_ago(now, 24), factories.meeting()
    for at in (border - DAY, border + DAY):
        factories.live_question(meeting=meeting, asked_at=at, shown_at=at)
        factories.poll(meeting, created_at=at)
        factories.breakout_round(meeting, state="closed", created_at=at)
    assert BreakoutRound.objects.count() == 2
    done = run(now)
    assert (done["questions"], done["polls"], done["breakout_rooms"]) == (1, 1, 1)
    assert [each.created_at for each in BreakoutRound.objects.all()] == [border + DAY]
    assert Room.objects.filter(kind=Room.Kind.BREAKOUT).count() == 2  # attendance names the groups
    assert [each.asked_at for each in Question.objects.all()] == [border + DAY]
    assert [each.created_at for each in Poll.objects.all()] == [border + DAY]


def test_attendance_is_kept_for_ten_years_and_then_without_people(now: datetime) -> None:
    then = now - relativedelta(years=10)
    old, young = _attended(then - DAY), _attended(then + timedelta(days=2))
    before = _figures(old, now)
    assert run(now)["attendance"] == 1
    assert _figures(old, now) == before
    people = [one.person for one in attendance_of(old, now).attendees]
    assert all(person.erased_at for person in people)
    assert len({person.pk for person in people}) == 3
    assert not Registration.objects.filter(meeting=old).exclude(name="", answers={}).exists()
    assert {one.name for one in attendance_of(young, now).attendees} == {"One", "Two", "Three"}
    assert not is_erased(Person.objects.get(email="member@example.org"))  # who has an account keeps it
    assert run(now)["attendance"] == 0


def _attended(ends_at: datetime) -> Meeting:
    """By two guests of one typed company and a member, one of whom has no registration."""
    meeting = factories.meeting(
        starts_at=ends_at - timedelta(hours=1), ends_at=ends_at, state=Meeting.State.ENDED, host=host()
    )
    member = Person.objects.filter(email="member@example.org").first() or factories.member(
        email="member@example.org", name="Three"
    )
    for name in ("One", "Two"):
        guest = factories.person(name=name, country="LT")
        factories.registration(
            meeting=meeting, person=guest, company_name="Typed UAB", country="LT", answers={"Food": "Fish"}
        )
        _present(meeting, guest)
    _present(meeting, member)
    return meeting


def _present(meeting: Meeting, person: Person) -> None:
    factories.presence(
        room=meeting.room,
        person=person,
        joined_at=meeting.starts_at,
        left_at=meeting.starts_at + 40 * DAY / 1440,
    )


def _figures(meeting: Meeting, now: datetime) -> list[tuple[Any, ...]]:
    report = attendance_of(meeting, now)
    rows = sorted((one.company, one.country, one.minutes) for one in report.attendees)
    return [*rows, *((one.country, one.people, one.companies) for one in report.by_country)]


def test_stand_ins_are_used_again(now: datetime) -> None:
    then = now - relativedelta(years=10)
    for weeks in range(1, 4):
        _attended(then - weeks * 7 * DAY)
    run(now)
    assert Person.objects.filter(email__startswith="stand-in-").count() == 3


def test_slides_go_with_their_files_after_two_years(
    now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    border, meeting = months_ago(now, 24), factories.meeting()
    old, kept = (factories.slide_deck(meeting, uploaded_at=at) for at in (border - DAY, border + DAY))
    for deck in (old, kept):
        files.folder_of(deck.pk).mkdir(parents=True)
    with django_capture_on_commit_callbacks(execute=True):
        assert run(now)["slides"] == 1
    assert list(SlideDeck.objects.all()) == [kept]
    assert [files.folder_of(deck.pk).exists() for deck in (old, kept)] == [False, True]


def test_resources_go_with_their_files_after_two_years_and_so_do_files_without_a_row(
    now: datetime, settings: Any, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    border, meeting = months_ago(now, 24), factories.meeting()
    old, kept = (
        factories.resource(meeting, file_type="pdf", shared_at=at) for at in (border - DAY, border + DAY)
    )
    link = factories.resource(meeting, shared_at=border - DAY)
    storage = resources_storage()
    names = [storage.save(name_of(name, "pdf"), ContentFile(b"%PDF-")) for name in (old.pk, kept.pk, "gone")]
    with django_capture_on_commit_callbacks(execute=True):
        assert run(now)["resources"] == 2
    assert list(Resource.objects.all()) == [kept]
    assert not Resource.objects.filter(pk=link.pk).exists()
    assert [storage.exists(name) for name in names] == [False, True, True]  # it may be an upload just now
    delete_orphans(now + timedelta(hours=2))
    assert [storage.exists(name) for name in names] == [False, True, False]


def test_the_command_prints_the_counts(now: datetime) -> None:
    guest_of(months_ago(now, 24) - DAY)
    written = StringIO()
    call_command("apply_retention", stdout=written)
    assert written.getvalue().splitlines() == [
        "repeated requests: 0",
        "link_reports: 0",
        "journal: 0",
        "questions: 0",
        "polls: 0",
        "slides: 0",
        "breakout_rooms: 0",
        "resources: 0",
        "notes: 0",
        "guests: 1",
        "calendar replies: 0",
        "attendance: 0",
        "contact requests to projects: 0",
        "files of deleted projects: 0",
        "contact requests to companies: 0",
        "emails: 0",
        "messages of hosts: 0",
        "former texts of emails: 0",
        "newsletters: 0",
        "requests for the newsletter: 0",
        "browser notifications: 0",
        "contact messages: 0",
        "received emails: 0",
        "suppressed addresses: 0",
    ]


def test_the_scheduler_runs_it_every_night(now: datetime) -> None:
    tasks = {entry["task"]: entry["schedule"] for entry in django_settings.CELERY_BEAT_SCHEDULE.values()}
    for task in ("companies.tasks.apply_retention", "notifications.tasks.forget_last_addresses"):
        assert tasks[task].remaining_estimate(now) <= DAY
    old = guest_of(months_ago(now, 24) - DAY)
    apply_retention()
    assert is_erased(old)


def test_a_run_has_a_limit(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    room = factories.meeting().room
    for seq in range(1, 8):
        RoomEvent.objects.create(room=room, seq=seq, ev="chat.message", at=months_ago(now, 25))
    for _ in range(3):
        guest_of(months_ago(now, 25))
    assert retention.apply_retention(now=now, limit=2) == {
        "repeated requests": 0,
        "journal": 2,
        "link_reports": 0,
        "questions": 0,
        "polls": 0,
        "slides": 0,
        "breakout_rooms": 0,
        "resources": 0,
        "notes": 0,
        "guests": 2,
        "attendance": 0,
        "contact requests to projects": 0,
        "contact requests to companies": 0,
        "files of deleted projects": 0,
        "emails": 0,
        "messages of hosts": 0,
        "former texts of emails": 0,
        "newsletters": 0,
        "browser notifications": 0,
        "requests for the newsletter": 0,
        "contact messages": 0,
        "calendar replies": 0,
        "received emails": 0,
        "suppressed addresses": 0,
    }


def test_a_quiet_night_asks_no_more_with_more_history(now: datetime) -> None:
    _history(now, 3)
    few = _queries(now)
    _history(now, 300)
    assert _queries(now) == few


def _history(now: datetime, count: int) -> None:
    """Everything younger than its period."""
    guest = guest_of(now - 30 * DAY, created=now - 800 * DAY)
    registration = Registration.objects.get(person=guest)
    presence = factories.presence(room=registration.meeting.room, person=guest, joined_at=now - DAY)
    many(presence, count, connection=lambda at: f"{guest.pk}-{at}")
    many(
        RoomEvent.objects.create(room=presence.room, seq=1, ev="chat.message", at=now - DAY),
        count,
        seq=lambda at: at + 2,
    )


def _queries(now: datetime) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert not any(run(now).values())
    return len(queries)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("RETENTION_GUEST_MONTHS", "7 months"),
        ("RETENTION_EMAIL_MONTHS", "7 months"),
        ("RETENTION_CHAT_MONTHS", "7 months"),
        ("RETENTION_ATTENDANCE_YEARS", "7 years"),
    ],
)
def test_the_privacy_page_says_the_periods_of_the_settings(settings: Any, name: str, words: str) -> None:
    page = Client(headers={"accept-language": "en"})
    assert words not in page.get(reverse("privacy")).text
    setattr(settings, name, 7)
    assert words in page.get(reverse("privacy")).text


def test_an_erased_guest_leaves_the_figures(now: datetime) -> None:
    life = full_life(months_ago(now, 30), company=None)
    Person.objects.filter(pk=life.person.pk).update(created_at=months_ago(now, 40))
    Meeting.objects.filter(pk=life.upcoming.pk).update(state=Meeting.State.ENDED, started_at=None)
    ProjectMember.objects.filter(person=life.person).update(left_at=months_ago(now, 30))
    Registration.objects.update(registered_at=months_ago(now, 31))
    Notification.objects.update(created_at=now)
    before = [(one.company, one.minutes) for one in attendance_of(life.ended, now).attendees]
    assert run(now)["guests"] >= 1
    assert [(one.company, one.minutes) for one in attendance_of(life.ended, now).attendees] == before
    assert not Person.objects.filter(email=ADDRESS).exists()
    assert not Registration.objects.filter(name=NAME).exists()
    assert Presence.objects.filter(person=life.person).exists()


def test_a_guest_who_is_invited_to_a_later_meeting_stays(now: datetime) -> None:
    guest = guest_of(months_ago(now, 24) - DAY)
    factories.invitation(person=guest, meeting=factories.meeting(starts_at=now + DAY), invited_at=now)
    assert run(now)["guests"] == 0


def test_a_guest_who_gets_the_newsletter_stays_for_the_period_after_it_is_turned_off(now: datetime) -> None:
    guest = guest_of(months_ago(now, 24) - DAY, wants_newsletter=True)
    assert run(now)["guests"] == 0
    unsubscribing.turn_off(person=guest, preference=Preference.NEWSLETTER, now=now - DAY)
    assert run(now)["guests"] == 0
    unsubscribing.turn_off(person=guest, preference=Preference.NEWSLETTER, now=now)  # pressed again
    after = now - DAY + relativedelta(months=24)
    assert run(after)["guests"] == 0
    assert run(after + DAY)["guests"] == 1


def test_the_period_also_begins_when_the_secretariat_turns_it_off(client: Client, now: datetime) -> None:
    guest = guest_of(months_ago(now, 24) - DAY, wants_newsletter=True)
    client.force_login(factories.secretariat())
    address = reverse("admin:companies_person_change", args=[guest.pk])
    client.post(address, {**model_to_dict(guest, ["name", "language", "timezone"]), "is_active": "on"})
    guest.refresh_from_db()
    assert not guest.wants_newsletter
    assert run(now)["guests"] == 0


def test_invitations_to_an_old_meeting_go_with_its_names(now: datetime) -> None:
    meeting = factories.meeting(
        starts_at=now - timedelta(days=366 * 20), state="ended", started_at=now - timedelta(days=366 * 20)
    )
    factories.invitation(meeting=meeting, invited_at=meeting.starts_at)
    run(now)
    assert not meeting.invitations.exists()
