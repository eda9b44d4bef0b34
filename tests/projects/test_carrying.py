"""Open work goes into the next meeting's agenda, and into its owner's calendar."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from engagement.agenda import planning
from engagement.agenda.agenda_input import MOST_ITEMS, ItemInput
from engagement.agenda.describing import items_of
from engagement.models import AgendaItem
from meetings import changing, running, scheduling
from meetings.access import Visitor
from meetings.models import Meeting
from projects import acting
from projects.acting import ActionInput
from projects.models import AgendaTemplate, CarriedItem
from tests import factories
from tests.factories import NOW
from tests.projects.conftest import Project
from tests.projects.test_actions import write
from tests.projects.test_members import signed_in

pytestmark = pytest.mark.django_db


def scheduled(project: Project, days: int) -> Meeting:
    meeting = factories.meeting(
        room=project.room.room,
        host=project.lead,
        state=Meeting.State.DRAFT,
        starts_at=NOW + timedelta(days=days),
    )
    return scheduling.publish_meeting(meeting=meeting, now=NOW)


def agenda(meeting: Meeting) -> list[tuple[str, str]]:
    return [(str(item.title_in_words), item.speaker) for item in items_of(meeting.pk)]


def test_open_actions_are_in_the_next_meetings_agenda_once_and_fall_away_when_they_are_done(
    project: Project,
) -> None:
    first = write(project, "Ask for the depths", person=project.member)
    later, following = scheduled(project, 20), scheduled(project, 10)
    second = write(project, "Order 24", company=project.theirs)
    expected = [("Ask for the depths", project.member.name), ("Order 24", project.theirs.name)]
    assert agenda(following) == expected
    assert agenda(later) == expected[:1]  # it was the next one first
    changing.patch_meeting(
        meeting=following, by=project.by, changes={"starts_at": NOW + timedelta(days=9)}, now=NOW
    )
    assert agenda(following) == expected
    acting.change_action(action=first, content=ActionInput(text="Ask again"), by=project.by, now=NOW)
    assert agenda(following)[0] == ("Ask again", "")
    item = items_of(following.pk)[0]
    planning.remove_item(room_id=following.room_id, meeting=following.pk, item_id=item.pk, by=None, now=NOW)
    third = write(project, "Call Vilnius")
    assert agenda(following) == [expected[1], ("Call Vilnius", "")]  # what a host has removed stays out
    for action in (second, third):
        acting.set_done(action=action, is_done=True, by=project.by, now=NOW)
    assert agenda(following) == []
    acting.set_done(action=second, is_done=False, by=project.by, now=NOW)
    assert agenda(following) == [expected[1]]


def test_items_that_were_not_reached_go_on_to_the_next_meeting_and_those_of_a_host_without_a_plan_do_not(
    project: Project,
) -> None:
    write(project, "Order 24")
    first, second, third = (scheduled(project, days) for days in (1, 8, 15))
    for title in ("Heat", "Ice", "Cold"):
        planning.add_item(
            room_id=first.room_id,
            meeting=first.pk,
            content=ItemInput(title={"en": title}, minutes=10, speaker="Rūta"),
            by=None,
            now=NOW,
        )
    reached = items_of(first.pk).get(title={"en": "Heat"})
    AgendaItem.objects.filter(pk=reached.pk).update(started_at=NOW + timedelta(days=1))
    running.start_meeting(meeting=first, now=NOW + timedelta(days=1))
    first.refresh_from_db()
    running.end_meeting(meeting=first, now=NOW + timedelta(days=1, hours=1))
    assert agenda(second) == [("Ice", "Rūta"), ("Cold", "Rūta"), ("Order 24", "")]
    running.start_meeting(meeting=second, now=NOW + timedelta(days=8))
    second.refresh_from_db()
    running.end_meeting(meeting=second, now=NOW + timedelta(days=8, hours=1))
    assert agenda(third) == [("Order 24", "")]  # nobody went through the second one's agenda


def test_an_agenda_takes_as_many_as_it_has_room_for(project: Project) -> None:
    for number in range(MOST_ITEMS + 2):
        write(project, f"Ask {number}")
    meeting = scheduled(project, 3)
    assert len(agenda(meeting)) == MOST_ITEMS
    assert CarriedItem.objects.filter(meeting=meeting).count() == MOST_ITEMS


def test_owners_have_the_day_of_an_action_in_their_calendar_feed_until_it_is_done(project: Project) -> None:
    day = timezone.localdate() + timedelta(days=5)
    action = write(project, "Ask; for, depths", company=project.theirs, due_on=day)
    write(project, "on no day", person=project.member)

    def events(of: str) -> list[tuple[str, object, str, int]]:
        content = Client().get(reverse("calendar_feed", args=[of])).content
        found = Calendar.from_ical(content).walk("VEVENT")
        return [
            (str(each["summary"]), each.decoded("dtstart"), str(each["status"]), int(each["sequence"]))
            for each in found
        ]

    owner, other = project.member.calendar_key, project.lead.calendar_key
    assert events(owner) == [("Due: Ask; for, depths", day, "CONFIRMED", 0)]
    assert events(other) == []
    acting.set_done(action=action, is_done=True, by=Visitor(project.member), now=timezone.now())
    assert events(owner) == [("Due: Ask; for, depths", day, "CANCELLED", 1)]


def test_a_template_is_written_or_made_of_an_agenda_and_new_meetings_start_with_it(project: Project) -> None:
    member, room = signed_in(project.member), project.room.pk
    listed = reverse("agenda_templates", args=[room])
    assert member.post(listed, {"name": ""}).status_code == 422
    member.post(listed, {"name": "Monthly"})
    template = AgendaTemplate.objects.get()
    page, change = (
        reverse(name, args=[room, template.pk]) for name in ("agenda_template", "change_agenda_template")
    )
    wrong = member.post(page, {"title_en": "Round", "minutes": "0", "speaker": "Rūta"})
    assert wrong.status_code == 422
    assert 'value="Rūta"' in wrong.content.decode()
    for title in ("Round", "Welcome"):
        member.post(page, {"title_en": title, "minutes": "10", "speaker": "Rūta"})
    member.post(change, {"do": "up", "item": template.items.get(title={"en": "Welcome"}).pk})
    member.post(change, {"do": "default"})
    write(project, "Order 24")
    meeting = scheduled(project, 3)
    assert agenda(meeting) == [("Welcome", "Rūta"), ("Round", "Rūta"), ("Order 24", "")]
    host, at = signed_in(project.lead), reverse("agenda_and_template", args=[meeting.pk])
    host.post(at, {"do": "save", "name": "Monthly"})  # the name is taken
    host.post(at, {"do": "save", "name": "With orders"})
    made = AgendaTemplate.objects.get(name="With orders")
    assert made.items.count() == 3
    other = factories.meeting(room=project.room.room, host=project.lead, state=Meeting.State.SCHEDULED)
    foreign = AgendaTemplate.objects.create(
        project=factories.room(companies=[factories.company(), factories.company()]).project, name="Theirs"
    )
    use = reverse("agenda_and_template", args=[other.pk])
    assert host.post(use, {"do": "use", "template": foreign.pk}).status_code == 404
    host.post(use, {"do": "use", "template": made.pk})
    assert [title for title, _speaker in agenda(other)] == ["Welcome", "Round", "Order 24"]
    member.post(change, {"do": "delete"})
    assert AgendaTemplate.objects.filter(project=project.room).get() == made
