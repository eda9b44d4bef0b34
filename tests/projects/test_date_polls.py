"""Date polls: asked, answered, reminded, closed with a meeting, and ended by themselves."""

import re
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from companies.models import Person
from engagement.agenda.describing import items_of
from meetings.access import NotAllowed, NotVisible, Visitor
from meetings.models import Meeting
from notifications import relevance
from notifications.links import date_poll_link
from notifications.models import Notification
from projects import date_polling, joining
from projects.date_polling import DatePollInput, ProposedTime, UnableToPoll, results_of
from projects.models import AgendaTemplate, DatePoll, DatePollAnswer, Role
from tests import factories
from tests.factories import NOW
from tests.projects.conftest import Project
from tests.projects.test_members import change_state, remove, signed_in

pytestmark = pytest.mark.django_db
Kind, State = Notification.Kind, DatePoll.State
VILNIUS = ZoneInfo("Europe/Vilnius")
FIRST = NOW.date() + timedelta(days=20)


def begin(project: Project, **given: Any) -> DatePoll:
    times = [ProposedTime(FIRST + timedelta(days=n), time(10, 0), 90) for n in range(3)]
    content = DatePollInput(
        **{
            "title": {"en": "Ice load"},
            "times": times,
            "timezone": "Europe/Vilnius",
            "last_day": NOW.date() + timedelta(days=10),
            **given,
        }
    )
    return date_polling.open_date_poll(project=project.room, content=content, by=project.by, now=NOW)


def give(poll: DatePoll, person: Person, *answers: str, now: datetime = NOW) -> None:
    keys = poll.times.order_by("starts_at").values_list("pk", flat=True)
    date_polling.answer(poll=poll, answers=dict(zip(keys, answers, strict=True)), by=Visitor(person), now=now)


def asked(kind: Kind = Kind.DATE_POLL) -> list[tuple[int | None, bool]]:
    rows = Notification.objects.filter(kind=kind).order_by("pk")
    return [(row.person_id, bool(row.details.get("is_reminder"))) for row in rows]


def test_everybody_is_asked_reminded_once_unless_they_have_answered_and_the_poll_ends_by_itself(
    project: Project,
) -> None:
    guest = joining.add_person(
        project=project.room, email="anna@example.org", role=Role.READER, until=None, by=project.by, now=NOW
    ).person
    poll = begin(project)
    assert set(asked()) == {(project.member.pk, False), (guest.pk, False)}
    give(poll, project.member, "yes", "no", "maybe")
    rows = Notification.objects.filter(kind=Kind.DATE_POLL)
    to_member, to_guest = rows.get(person=project.member), rows.get(person=guest)
    assert relevance.reason_to_drop(to_member, now=NOW) == Notification.DropReason.POLL_OVER
    assert relevance.reason_to_drop(to_guest, now=NOW) is None
    closes_at = datetime.combine(NOW.date() + timedelta(days=11), time(), VILNIUS)
    for at, mails in ((closes_at - timedelta(hours=25), 2), (closes_at - timedelta(hours=23), 3)):
        date_polling.take_due_steps(now=at)
        date_polling.take_due_steps(now=at)
        assert len(asked()) == mails
    assert asked()[-1] == (guest.pk, True)
    with pytest.raises(UnableToPoll):
        give(poll, guest, "yes", "yes", "yes", now=closes_at)
    date_polling.take_due_steps(now=closes_at)
    assert asked(Kind.DATE_POLL_OVER) == [(project.lead.pk, False)]
    date_polling.take_due_steps(now=closes_at + timedelta(days=15))
    poll.refresh_from_db()
    assert (poll.state, poll.next_at) == (State.ENDED, None)
    assert not Meeting.objects.exists()


def test_the_time_that_is_chosen_becomes_a_meeting_to_which_everybody_is_invited(project: Project) -> None:
    template = AgendaTemplate.objects.create(project=project.room, name="Monthly")
    template.items.create(number=1, title={"en": "Round"}, minutes=5)
    poll = begin(project, agenda=template)
    give(poll, project.member, "no", "yes", "maybe")
    give(poll, project.lead, "maybe", "yes", "yes")
    results = results_of(poll)
    assert [(one.able, one.able_if_need_be, one.is_best) for one in results] == [
        (0, 1, False),
        (2, 0, True),
        (1, 1, False),
    ]
    chosen = {"poll": poll, "time_id": results[1].row.pk, "now": NOW}
    joining.change_role(project=project.room, person=project.member, role=Role.READER, by=project.by, now=NOW)
    with pytest.raises(NotAllowed):
        date_polling.choose_time(**chosen, by=Visitor(project.member))
    meeting = date_polling.choose_time(**chosen, by=project.by)
    assert meeting.starts_at == datetime.combine(FIRST + timedelta(days=1), time(10), VILNIUS)
    assert (meeting.duration_minutes, meeting.state, meeting.host) == (90, "scheduled", project.lead)
    assert [str(item.title_in_words) for item in items_of(meeting.pk)] == ["Round"]
    invited = Notification.objects.filter(kind=Kind.INVITATION, meeting=meeting)
    assert project.member.pk in invited.values_list("person", flat=True)
    with pytest.raises(UnableToPoll):
        date_polling.choose_time(**chosen, by=project.by)
    date_polling.take_due_steps(now=NOW + timedelta(days=60))
    assert asked(Kind.DATE_POLL_OVER) == []


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"title": {}}, "no_title"),
        ({"times": [ProposedTime(FIRST, time(10), 60)]}, "too_few"),
        ({"times": [ProposedTime(FIRST, time(10), 60)] * 2}, "twice"),
        ({"times": [ProposedTime(FIRST, time(10), n) for n in range(60, 71)]}, "too_many"),
        ({"times": [ProposedTime(NOW.date() - timedelta(days=1), time(10), 60)] * 2}, "past"),
        ({"last_day": FIRST}, "closes_late"),
        ({"last_day": NOW.date() - timedelta(days=2)}, "closes_late"),
    ],
)
def test_an_impossible_poll_is_refused(project: Project, given: dict[str, Any], code: str) -> None:
    with pytest.raises(UnableToPoll) as refused:
        begin(project, **given)
    assert refused.value.code == code


def test_a_poll_is_deleted_with_its_answers_and_the_emails_that_wait(project: Project) -> None:
    poll = begin(project)
    give(poll, project.member, "yes", "no", "maybe")
    address = reverse("delete_date_poll", args=[project.room.pk, poll.pk])
    assert signed_in(project.member).post(address).status_code == 403
    lead = signed_in(project.lead)
    assert str(poll) in lead.get(address).content.decode()
    lead.post(address)
    assert not DatePoll.objects.exists()
    assert asked() == []
    history = lead.get(reverse("project_history", args=[project.room.pk])).content.decode()
    assert "Date poll deleted" in history


def test_a_page_takes_the_times_and_keeps_what_was_typed(project: Project) -> None:
    lead, page = signed_in(project.lead), reverse("new_date_poll", args=[project.room.pk])
    day = timezone.localdate() + timedelta(days=30)
    sent = {
        "title_en": "Ice load",
        "timezone": "Europe/Vilnius",
        "last_day": (day - timedelta(days=5)).isoformat(),
        "times-TOTAL_FORMS": "10",
        "times-INITIAL_FORMS": "4",
        "times-0-day": day.isoformat(),
        "times-0-local_time": "10:00",
        "times-0-minutes": "60",
        "times-1-day": day.isoformat(),
    }
    wrong = lead.post(page, sent)
    assert wrong.status_code == 422
    assert 'value="Ice load"' in wrong.content.decode()
    assert "leave it empty" in wrong.content.decode()
    answer = lead.post(page, {**sent, "times-1-local_time": "14:00", "times-1-minutes": "30"})
    poll = DatePoll.objects.get()
    assert answer.headers["Location"] == reverse("date_poll", args=[project.room.pk, poll.pk])
    assert "Ice load" in lead.get(reverse("project_room", args=[project.room.pk])).content.decode()
    shown = lead.get(answer.headers["Location"]).content.decode()
    assert "Choose this time" in shown
    first = poll.times.order_by("starts_at").first()
    assert first is not None
    lead.post(reverse("choose_time", args=[project.room.pk, poll.pk, first.pk]))
    assert Meeting.objects.get().starts_at == first.starts_at


def test_the_link_of_the_email_shows_the_times_of_its_reader_and_works_for_them_alone(
    project: Project,
) -> None:
    now = timezone.now()
    poll = factories.date_poll(project.room, now=now)
    Person.objects.filter(pk=project.member.pk).update(timezone="America/New_York")
    member = Person.objects.get(pk=project.member.pk)
    client, link = Client(), date_poll_link(member, poll)
    page = client.get(link).content.decode()
    for one in poll.times.all():
        assert f"{one.starts_at.astimezone(ZoneInfo('America/New_York')):%H:%M}–" in page
    keys = list(poll.times.order_by("starts_at").values_list("pk", flat=True))
    assert client.post(link, {keys[0]: "yes"}).status_code == 422
    assert not DatePollAnswer.objects.exists()
    for given in ("yes", "maybe"):
        client.post(link, {keys[0]: given, keys[1]: "no"})
    answers = DatePollAnswer.objects.order_by("time__starts_at").values_list("person", "answer")
    assert list(answers) == [(member.pk, "maybe"), (member.pk, "no")]
    assert client.get(re.sub(r"/\d+-", "/1-", link)).status_code == 404
    change_state(project, project.room.State.ARCHIVED)
    assert client.post(link, {keys[0]: "yes", keys[1]: "yes"}).status_code == 422
    change_state(project, project.room.State.OPEN)
    remove(project, member)
    gone = client.get(link)
    assert gone.status_code == 404
    assert "Ice load" not in gone.content.decode()
    with pytest.raises(NotVisible):
        date_polling.answer(
            poll=poll, answers=dict.fromkeys(keys, "yes"), by=Visitor(member), now=timezone.now()
        )


def test_the_database_refuses_impossible_polls(project: Project) -> None:
    poll = factories.date_poll(project.room)
    first = poll.times.first()
    assert first is not None
    answer = {"time": first, "person": project.lead, "answer": "yes", "answered_at": NOW}
    DatePollAnswer.objects.create(**answer)
    with pytest.raises(IntegrityError):
        DatePollAnswer.objects.create(**answer)


def test_holidays_of_the_cluster_are_marked_at_the_times_that_fall_on_them(project: Project) -> None:
    poll = factories.date_poll(project.room)
    poll.times.all().delete()
    for day in (11, 12):
        poll.times.create(starts_at=datetime(2027, 11, day, 10, tzinfo=VILNIUS), minutes=60)
    page = Client().get(date_poll_link(project.member, poll)).content.decode()
    assert page.count("Public holiday in Poland:") == 1
    assert "Public holiday in Sweden" not in page
