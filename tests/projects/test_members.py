"""Who belongs to a project, in which role, until when; what is lost with it, and who is told."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from companies import administering, editing
from companies.administering import PersonAccess
from companies.models import Person
from meetings import access as meeting_access
from meetings.access import Level, NotAllowed, NotVisible, Visitor
from meetings.models import Meeting, Registration
from meetings.personal_data import old_guests
from notifications import relevance
from notifications.models import Notification
from projects import access, ending, joining
from projects.leading import UnableToChange
from projects.memberships import memberships
from projects.models import HistoryEntry, ProjectMember, ProjectRoom, Role
from rooms.policy import CredentialHolder, policy_for
from tests import factories
from tests.factories import NOW
from tests.projects.conftest import Project
from tests.room_entries import entry_for

pytestmark = pytest.mark.django_db
Kind, State = HistoryEntry.Kind, ProjectRoom.State


def add(project: Project, email: str, role: Role = Role.MEMBER, until: date | None = None) -> Person:
    member = joining.add_person(
        project=project.room, email=email, role=role, until=until, by=project.by, now=timezone.now()
    )
    return member.person


def remove(project: Project, person: Person) -> None:
    joining.remove_person(project=project.room, person=person, by=project.by, now=timezone.now())


def level(project: Project, person: Person) -> Level | None:
    """In the live room, as one who enters and as one whose access is looked at again."""
    room = project.room.room
    holder = CredentialHolder("c", person.pk, ":", signed_in=True)
    found = policy_for(room).current_access(room.pk, [holder]).get("c")
    try:
        entry = entry_for(Visitor(Person.objects.get(pk=person.pk)), room.pk)
    except (Http404, PermissionDenied):
        assert found is None
        return None
    assert found is not None
    assert found.level == entry.level
    return entry.level


def sees(person: Person, room: ProjectRoom) -> bool:
    return access.project_rooms(Visitor(Person.objects.get(pk=person.pk))).filter(pk=room.pk).exists()


def kinds(project: Project) -> list[str]:
    return list(project.room.history.order_by("pk").values_list("kind", flat=True))


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_who_leaves_their_company_leaves_its_projects_and_what_they_host_there(project: Project) -> None:
    admin = factories.person(company=project.theirs, is_company_admin=True)
    secretariat = factories.person(is_secretariat=True)
    by_admin, by_secretariat = project.member, factories.person(company=project.theirs)
    start = timezone.now() + timedelta(days=1)
    for host in (by_admin, by_secretariat):
        factories.meeting(
            room=project.room.room, kind=Meeting.Kind.PROJECT_MEETING, host=host, starts_at=start
        )
        start += timedelta(days=1)
    editing.remove_person(company=project.theirs, person=by_admin, now=timezone.now())
    elsewhere = PersonAccess(
        company=factories.company(), is_company_admin=False, is_secretariat=False, is_active=True
    )
    administering.change_access(person=by_secretariat, by=secretariat, access=elsewhere, now=timezone.now())
    hosts = Meeting.objects.filter(room=project.room.pk).values_list("host", flat=True)
    assert set(hosts) == {project.lead.pk}
    assert kinds(project).count(Kind.LEFT) == 2
    assert sees(admin, project.room)


def test_who_moves_to_another_company_of_the_project_stays(project: Project) -> None:
    access_there = PersonAccess(
        company=project.ours, is_company_admin=False, is_secretariat=False, is_active=True
    )
    by = factories.person(is_secretariat=True)
    administering.change_access(person=project.member, by=by, access=access_there, now=timezone.now())
    assert sees(project.member, project.room)
    assert Kind.LEFT not in kinds(project)


# ---- joining ---------------------------------------------------------------------------------------------------


def test_the_creator_leads_and_the_others_are_members(project: Project) -> None:
    assert access.lead_of(project.by, project.room.pk).role == Role.LEAD
    with pytest.raises(NotAllowed):
        access.lead_of(Visitor(project.member), project.room.pk)
    assert [level(project, one) for one in (project.lead, project.member)] == [Level.SPEAK, Level.SPEAK]


def test_a_company_that_is_added_brings_its_people_who_are_told_once(project: Project) -> None:
    third = factories.company()
    person = factories.member(company=third)
    assert not sees(person, project.room)
    joining.add_company(project=project.room, company=third, by=project.by, now=NOW)
    assert level(project, person) == Level.SPEAK
    mails = Notification.objects.filter(person=person)
    assert [mail.kind for mail in mails] == [Notification.Kind.PROJECT_ROOM]
    with pytest.raises(UnableToChange, match="already"):
        joining.add_company(project=project.room, company=third, by=project.by, now=NOW)
    assert mails.count() == 1


def test_a_guest_joins_by_email_until_the_end_of_a_day_where_the_lead_is(project: Project) -> None:
    today = timezone.localtime().date()
    guest = add(project, "Anna@Example.org", until=today + timedelta(days=3))
    assert guest.company is None
    assert level(project, guest) == Level.SPEAK
    until = ProjectMember.objects.get(person=guest).until
    assert until is not None
    assert until.astimezone(UTC).hour in {22, 23}  # midnight in Stockholm
    ProjectMember.objects.filter(person=guest).update(until=timezone.now() - timedelta(seconds=1))
    assert level(project, guest) is None
    assert not sees(guest, project.room)
    joining.end_due_memberships(now=timezone.now())
    joining.end_due_memberships(now=timezone.now())
    assert kinds(project)[-2:] == [Kind.PERSON_ADDED, Kind.ENDED]
    with pytest.raises(UnableToChange) as refused:
        add(project, guest.email, until=today - timedelta(days=1))
    assert (refused.value.code, refused.value.field) == ("past", "until")


def test_a_guest_who_never_signs_in_stays_as_long_as_they_are_in_a_project(project: Project) -> None:
    guest = add(project, "anna@example.org")
    Person.objects.filter(pk=guest.pk).update(created_at=NOW - timedelta(days=3650))
    cutoff = NOW - timedelta(days=365)
    assert guest not in old_guests(cutoff)
    remove(project, guest)
    assert guest in old_guests(cutoff)


def test_who_is_added_hears_it_each_time_and_not_when_they_are_out_again(project: Project) -> None:
    guest = add(project, "anna@example.org")
    (mail,) = Notification.objects.filter(person=guest)
    assert relevance.reason_to_drop(mail, now=NOW) is None
    remove(project, guest)
    assert relevance.reason_to_drop(mail, now=NOW) == Notification.DropReason.NOT_IN_ROOM
    add(project, guest.email)
    assert Notification.objects.filter(person=guest).count() == 2


# ---- roles -----------------------------------------------------------------------------------------------------


def test_a_reader_listens_and_schedules_and_writes_nothing(project: Project) -> None:
    reader = add(project, "reader@example.org", Role.READER)
    assert level(project, reader) == Level.READ
    with pytest.raises(NotAllowed):
        access.writer_in(Visitor(reader), project.room.pk)
    assert not meeting_access.project_rooms_to_meet_in(Visitor(reader)).exists()
    meeting = factories.meeting(room=project.room.room, visibility=Meeting.Visibility.INVITED)
    assert meeting_access.level_in(Visitor(reader), meeting) == Level.READ
    joining.change_role(project=project.room, person=reader, role=Role.MEMBER, by=project.by, now=NOW)
    assert level(project, reader) == Level.SPEAK


@pytest.mark.parametrize("way", ["leave", "change", "company"])
def test_the_last_lead_stays_until_another_is_named(project: Project, way: str) -> None:
    joining.add_company(project=project.room, company=factories.company(), by=project.by, now=NOW)

    def give_up() -> None:
        if way == "leave":
            joining.leave(project=project.room, by=project.by, now=NOW)
        elif way == "change":
            joining.change_role(
                project=project.room, person=project.lead, role=Role.READER, by=project.by, now=NOW
            )
        else:
            joining.remove_company(project=project.room, company=project.ours, by=project.by, now=NOW)

    with pytest.raises(UnableToChange) as refused, transaction.atomic():
        give_up()
    assert refused.value.code == "last_lead"
    joining.change_role(project=project.room, person=project.member, role=Role.LEAD, by=project.by, now=NOW)
    give_up()
    assert level(project, project.lead) == (Level.READ if way == "change" else None)


def test_where_no_lead_is_left_every_member_is_one(project: Project) -> None:
    editing.remove_person(company=project.ours, person=project.lead, now=timezone.now())
    assert access.lead_of(Visitor(project.member), project.room.pk).role == Role.MEMBER
    assert not sees(project.lead, project.room)  # the role came by the company


def test_a_company_that_goes_takes_its_people_along_but_two_stay(project: Project) -> None:
    with pytest.raises(UnableToChange) as refused:
        joining.remove_company(project=project.room, company=project.theirs, by=project.by, now=NOW)
    assert refused.value.code == "too_few_companies"
    joining.add_company(project=project.room, company=factories.company(), by=project.by, now=NOW)
    joining.change_role(project=project.room, person=project.member, role=Role.READER, by=project.by, now=NOW)
    joining.remove_company(project=project.room, company=project.theirs, by=project.by, now=NOW)
    assert level(project, project.member) is None
    joining.add_company(project=project.room, company=project.theirs, by=project.by, now=NOW)
    assert level(project, project.member) == Level.SPEAK


# ---- what is lost ----------------------------------------------------------------------------------------------


def leave(project: Project) -> None:
    joining.leave(project=project.room, by=Visitor(project.member), now=timezone.now())


@pytest.mark.parametrize("lose", [lambda project: remove(project, project.member), leave])
def test_who_is_out_loses_meetings_feed_registration_and_what_they_host(
    project: Project, lose: Callable[[Project], Any], client: Client
) -> None:
    start = timezone.now() + timedelta(days=2)
    given = {"room": project.room.room, "visibility": Meeting.Visibility.INVITED, "starts_at": start}
    hosted = factories.meeting(host=project.member, title={"en": "Ice load"}, **given)
    other = factories.meeting(host=project.lead, **{**given, "starts_at": start + timedelta(days=1)})
    seat = factories.registration(meeting=other, person=project.member)
    feed = reverse("calendar_feed", args=[project.member.calendar_key])
    assert "Ice load" in client.get(feed).content.decode()
    lose(project)
    visitor = Visitor(project.member)
    assert not meeting_access.visible_meetings(visitor).exists()
    assert "Ice load" not in client.get(feed).content.decode()
    hosted.refresh_from_db()
    seat.refresh_from_db()
    assert hosted.host == project.lead
    assert seat.state == Registration.State.CANCELLED
    assert level(project, project.member) is None
    factories.registration(meeting=other, person=project.member)  # even who holds a place is kept out
    assert level(project, project.member) is None
    with pytest.raises(NotVisible):
        access.reader_of(visitor, project.room.pk)


def test_who_joins_is_invited_to_the_meetings_ahead_and_who_leaves_gets_a_cancellation(
    project: Project,
) -> None:
    factories.meeting(room=project.room.room, host=project.lead, starts_at=timezone.now() + timedelta(days=2))
    guest = add(project, "anna@example.org")
    mails = Notification.objects.filter(person=guest).order_by("pk")
    assert {mail.kind for mail in mails} >= {"project_room", "invitation", "reminder"}
    mails.filter(kind="invitation").update(state="sent", sent_at=timezone.now(), attempts=1)
    remove(project, guest)
    assert mails.filter(kind="withdrawn", details__calendar=True).exists()
    assert not mails.filter(kind="reminder", state="waiting").exists()


# ---- the end ---------------------------------------------------------------------------------------------------


def change_state(project: Project, state: ProjectRoom.State, now: datetime = NOW) -> None:
    ending.change_state(project=project.room, state=state, reason="Funding ended", by=project.by, now=now)


def test_an_archived_project_is_read_and_opened_again_and_a_closed_one_is_not(project: Project) -> None:
    change_state(project, State.ARCHIVED)
    assert level(project, project.lead) is None
    body = signed_in(project.member).get(reverse("project_room", args=[project.room.pk])).content.decode()
    assert "Funding ended" in body
    with pytest.raises(NotAllowed):
        access.writer_in(Visitor(project.member), project.room.pk)
    with pytest.raises(UnableToChange) as refused:
        add(project, "anna@example.org")
    assert refused.value.code == "not_open"
    change_state(project, State.OPEN)
    assert level(project, project.lead) == Level.SPEAK
    change_state(project, State.CLOSED)
    with pytest.raises(UnableToChange):
        change_state(project, State.OPEN)
    entry = project.room.history.latest("pk")
    assert (entry.kind, entry.by, entry.details) == (Kind.CLOSED, project.lead, {"reason": "Funding ended"})


def test_a_project_with_a_meeting_ahead_does_not_end(project: Project) -> None:
    factories.meeting(room=project.room.room, starts_at=NOW + timedelta(days=1))
    with pytest.raises(UnableToChange) as refused:
        change_state(project, State.ARCHIVED)
    assert refused.value.code == "meetings_ahead"


# ---- pages -----------------------------------------------------------------------------------------------------


def test_a_lead_adds_and_a_member_reads_who_did_what(project: Project) -> None:
    lead, member, room = signed_in(project.lead), signed_in(project.member), project.room
    members = reverse("project_members", args=[room.pk])
    wrong = lead.post(members, {"add": "person", "email": "nobody", "role": "member", "until": "2001-01-01"})
    assert wrong.status_code == 422
    assert 'value="nobody"' in wrong.content.decode()
    past = lead.post(
        members, {"add": "person", "email": "a@example.org", "role": "reader", "until": "2001-01-01"}
    )
    assert "This date is in the past." in past.content.decode()
    lead.post(members, {"add": "person", "email": "anna@example.org", "role": "reader"})
    assert "anna@example.org" in member.get(members).content.decode()
    settings = reverse("project_settings", args=[room.pk])
    assert member.get(settings).status_code == 403
    lead.post(settings, {"title_en": "Winter collectors", "purpose_en": ""})
    body = member.get(reverse("project_history", args=[room.pk])).content.decode()
    for told in ("Room created", "Person added: anna@example.org", "Project renamed: Winter collectors"):
        assert told in body
    assert str(project.lead) in body
    member.post(reverse("leave_project", args=[room.pk]))
    assert member.get(members).status_code == 404


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"role": "lead", "until": NOW}, "only_who_was_added_by_email_has_an_end_date"),
        ({"person": "lead"}, "one_membership_of_a_person"),
    ],
)
def test_the_database_refuses_impossible_memberships(
    project: Project, fields: dict[str, Any], constraint: str
) -> None:
    person = project.lead if fields.pop("person", "") else project.member
    with pytest.raises(IntegrityError, match="projects_projectmember|" + constraint):
        ProjectMember.objects.create(
            **{"project": project.room, "person": person, "role": "reader", "added_at": NOW, **fields}
        )


def test_the_people_of_a_project_are_found_in_one_query(
    project: Project, django_assert_num_queries: Callable[[int], Any]
) -> None:
    for number in range(3):
        add(project, f"guest{number}@example.org")
    room = project.room.room
    holders = [
        CredentialHolder(str(pk), pk, ":", signed_in=True)
        for pk in memberships.people_of(room.pk).values_list("pk", flat=True)
    ]
    with django_assert_num_queries(1):
        assert len(policy_for(room).current_access(room.pk, holders)) == 5
