"""Nobody outside a project learns of it: each address answers as it would if the project did not exist."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from api.models import ApiToken
from api.scopes import SCOPES
from companies.models import Person
from meetings import access
from meetings.access import NotVisible, Visitor
from meetings.models import Meeting
from notifications import relevance
from notifications.models import Notification
from projects import creating, discussing, joining
from projects.models import Action, AgendaTemplate, Decision, ProjectMember, Role
from recordings.models import Recording
from rooms.models import Room
from rooms.policy import CredentialHolder, policy_for
from tests import factories, matrix, world
from tests.room_entries import entry_for
from tests.test_permission_matrix import addresses

SECRET = "Quagga"  # in each title and text of the project, and nowhere else
OUTSIDE = (
    *("nobody", "stranger", "other_member", "removed", "removed_with_links", "of_removed_company"),
    "guest_whose_time_is_over",
)
LEFT = ("removed", "of_removed_company", "guest_whose_time_is_over")
ABOUT = {
    "room_id",
    "project_id",
    "meeting_id",
    "recording_id",
    "registration_id",
    "invitation_id",
    "series_id",
}
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
CHANGING = re.compile(r'(csrfmiddlewaretoken" value|nonce)="[^"]*"')


@dataclass
class Outside:
    people: dict[str, Person]
    real: dict[str, Any]  # arguments of addresses, about the project
    links: dict[str, Any]  # that a session keeps of whoever is no longer in the project

    @property
    def made_up(self) -> dict[str, Any]:
        """The same, about nothing that there is."""
        return {name: "0" * len(str(value)) if name in ABOUT else value for name, value in self.real.items()}

    def client(self, role: str) -> Client:
        client = Client()
        if role == "removed_with_links":
            session = client.session
            session.update(self.links)
            session.save()
        elif role != "nobody":
            client.force_login(self.people[role])
        return client


def build() -> Outside:
    now = timezone.now()
    ours, theirs, third = (factories.company() for _number in range(3))
    people = {
        "lead": factories.member(company=ours),
        "removed": factories.member(company=theirs),
        "of_removed_company": factories.member(company=third),
        "stranger": factories.member(),
        "other_member": factories.member(),
    }
    lead = Visitor(people["lead"])
    factories.member(company=theirs)  # who stays
    title = {"en": f"{SECRET} of the harbour"}
    project = creating.create_project_room(
        by=people["lead"], title=title, purpose=title, companies=[ours, theirs, third], now=now
    )
    elsewhere = people["other_member"].company
    assert elsewhere is not None
    creating.create_project_room(
        by=people["other_member"], title={"en": "Else"}, purpose={}, companies=[elsewhere, ours], now=now
    )
    guest = joining.add_person(
        project=project,
        email="guest@example.org",
        role=Role.MEMBER,
        until=(now + timedelta(days=3)).date(),
        by=lead,
        now=now,
    )
    people["guest_whose_time_is_over"] = guest.person
    past = {
        "room": project.room,
        "visibility": Meeting.Visibility.INVITED,
        "title": title,
        "description": title,
    }
    past |= {"starts_at": now - timedelta(days=9), "state": Meeting.State.ENDED, "host_company": ours}
    for role in LEFT:  # what each has hosted, spoken in and registered for
        factories.meeting(host=people[role], **past)
    meeting = factories.meeting(host=people["lead"], series=factories.series(title=title), **past)
    ahead = factories.meeting(
        host=people["removed"],
        **{**past, "starts_at": now + timedelta(days=9), "state": Meeting.State.SCHEDULED},
    )
    held = [factories.registration(meeting=meeting, person=people[role]) for role in LEFT]
    roles = [factories.role(meeting, people[role]) for role in LEFT]
    invitations = [
        factories.invitation(meeting=meeting, person=people[role], state="accepted") for role in LEFT
    ]
    for role in LEFT:
        factories.registration(meeting=ahead, person=people[role])
    recording = factories.recording(
        meeting=meeting,
        state=Recording.State.PUBLISHED,
        visibility=Recording.Visibility.REGISTERED,
        title=title,
    )
    factories.version_of_notes(meeting)
    for one in held:  # an email that waits
        about = {"meeting": meeting, "registration": one, "person": one.person, "recording": recording}
        Notification.objects.create(kind="recording", dedupe_key=one.pk, due_at=now, created_at=now, **about)
    joining.remove_person(project=project, person=people["removed"], by=lead, now=now)
    joining.remove_company(project=project, company=third, by=lead, now=now)
    ProjectMember.objects.filter(pk=guest.pk).update(until=now - timedelta(seconds=1))
    other = factories.registration(meeting=meeting)
    thread = discussing.start_thread(project=project, subject=SECRET, text=SECRET, by=lead, now=now)
    poll = factories.poll(meeting, title=SECRET)
    # The one parameter names polls of two kinds.
    dates = factories.date_poll(project, id=poll.pk, now=now, title=title)
    template = AgendaTemplate.objects.create(project=project, name=SECRET)
    return Outside(
        people=people,
        links={
            access.SESSION_REGISTRATIONS: [one.pk for one in held],
            access.SESSION_STAGE_ROLES: [one.pk for one in roles],
            access.SESSION_INVITATIONS: [one.pk for one in invitations],
        },
        real={
            "room_id": project.pk,
            "meeting_id": meeting.pk,
            "recording_id": recording.pk,
            "registration_id": other.pk,
            "invitation_id": factories.invitation(meeting=meeting).pk,
            "series_id": meeting.series_id,
            "action_id": Action.objects.create(project=project, text=SECRET, made_at=now).pk,
            "decision_id": Decision.objects.create(project=project, text=SECRET, decided_at=now).pk,
            "thread_id": thread.pk,
            "project_id": project.pk,
            "post_id": thread.posts.get().pk,
            "person_id": people["lead"].pk,
            "company_id": ours.pk,
            "state": "archived",
            "document": meeting.pk,
            "number": 1,
            "kind": "md",
            "language": "en",
            "key": factories.question(meeting).key,
            "question_id": factories.live_question(meeting=meeting).pk,
            "poll_id": poll.pk,
            "time_id": dates.times.first().pk,
            "template_id": template.pk,
            "request_id": factories.partner_request(factories.published_sheet(project), text=SECRET).pk,
            "file_id": world.project_file(project, people["lead"], now).pk,
            "page": 1,
            "export_id": world.project_export(project, people["lead"], now).pk,
            "item_id": factories.agenda_item(meeting, title=title).pk,
            "deck_id": factories.slide_deck(meeting).pk,
            "resource_id": factories.resource(meeting, title=SECRET).pk,
            "reply_id": factories.calendar_reply(meeting=meeting).pk,
            "role_id": roles[0].pk,
        },
    )


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Outside]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture
def outside(built: Outside, db: None, settings: Any) -> Outside:
    settings.RATE_LIMITS = False
    return built


@cache
def parameters_of() -> dict[str, set[str]]:
    """By the name of an address."""
    return {name: set(PARAMETER.findall(place)) for place, name in addresses(get_resolver().url_patterns)}


def asked() -> list[tuple[str, str]]:
    """Method and name of each address of the permission matrix that can be about a project."""
    rows = {(row.method, row.name) for row in matrix.PAGES if parameters_of()[row.name] & ABOUT}
    return sorted(rows)


_made_up: dict[tuple[bool, str, str], tuple[int, str, str]] = {}  # of nothing that there is, by who asks


def answer_of_nothing(outside: Outside, role: str, method: str, name: str) -> tuple[int, str, str]:
    """As everybody gets it who is signed in, or is not."""
    key = (role in outside.people, method, name)
    if key not in _made_up:
        values = {one: outside.made_up[one] for one in parameters_of()[name]}
        asks = outside.client("stranger" if key[0] else "nobody")
        _made_up[key] = answer(asks, method, reverse(name, kwargs=values))
    return _made_up[key]


def answer(client: Client, method: str, address: str) -> tuple[int, str, str]:
    """As it reads without what differs each time, the address itself, and who is signed in."""
    with transaction.atomic():
        response: HttpResponse = client.post(address) if method == "POST" else client.generic(method, address)
        transaction.set_rollback(True)
    body = b"" if response.streaming else response.content
    place = response.headers.get("Location", "").replace(address, "")
    text = CHANGING.sub("", body.decode()).replace(address, "")
    return response.status_code, place, text.partition("<main")[2] or text


@pytest.mark.parametrize("role", OUTSIDE)
def test_a_page_answers_as_if_the_project_did_not_exist(outside: Outside, role: str) -> None:
    client = outside.client(role)
    differ = {}
    for method, name in asked():
        real = {one: outside.real[one] for one in parameters_of()[name]}
        found = answer(client, method, reverse(name, kwargs=real))
        if SECRET in found[2] or found != answer_of_nothing(outside, role, method, name):
            differ[f"{method} {name}"] = found[0]
    assert differ == {}


@pytest.mark.parametrize("role", OUTSIDE)
def test_no_list_feed_or_search_names_it(outside: Outside, role: str) -> None:
    client = outside.client(role)
    named = {name: place for place, name in addresses(get_resolver().url_patterns)}
    bare = {row.name for row in matrix.PAGES if row.method == "GET" and "<" not in named[row.name]}
    person = outside.people.get(role)
    own = [reverse("calendar_feed", args=[person.calendar_key])] if person is not None else []
    told = []
    for address in [*(reverse(name) for name in sorted(bare)), *own]:
        for query in ("", f"?q={SECRET}&when=past&page=1"):
            found = answer(client, "GET", address + query)
            if f"{SECRET} of the" in found[2]:
                told.append(address + query)
    assert told == []


@pytest.mark.parametrize("role", OUTSIDE)
def test_no_room_or_program_of_it_opens_to_them(outside: Outside, role: str) -> None:
    person = outside.people.get(role)
    if person is None:
        visitor = access.visitor_from_session(None, outside.links if "links" in role else {})
    else:
        visitor = Visitor(Person.objects.get(pk=person.pk))
        holder = CredentialHolder("c", person.pk, ":", signed_in=True)
        room = Room.objects.get(pk=outside.real["room_id"])
        assert policy_for(room).current_access(room.pk, [holder]) == {}
        assert program_differs(outside, person) == {}
    with pytest.raises(NotVisible):
        entry_for(visitor, outside.real["room_id"])


def test_who_is_out_hears_that_meetings_left_their_calendar_and_nothing_else(outside: Outside) -> None:
    for role in LEFT:
        mails = Notification.objects.filter(
            person=outside.people[role], meeting__room=outside.real["room_id"]
        )
        sent = {mail.kind for mail in mails if relevance.reason_to_drop(mail, now=timezone.now()) is None}
        assert mails.filter(kind="recording").exists()
        assert sent <= {"withdrawn"}


def program_differs(outside: Outside, person: Person) -> dict[str, int]:
    """Operations that answer something else than about nothing that there is, or name the project."""
    key = f"strangers {person.pk}"
    ApiToken.objects.create(
        person=person, key_hash=ApiToken.hash_of(key), scopes=SCOPES, created_at=timezone.now()
    )
    headers = {"Authorization": f"Bearer {key}", "Tus-Resumable": "1.0.0"}
    differ = {}
    for row in matrix.OPERATIONS:
        parameters = re.findall(r"{(\w+)}", row.path)
        found = []
        for values in (outside.real, outside.made_up):
            path = "/api/v1" + row.path.format(**{name: values.get(name, "none") for name in parameters})
            with transaction.atomic():
                response = Client().generic(row.method, path, "{}", "application/json", headers=headers)
                transaction.set_rollback(True)
            found.append((response.status_code, response.content.replace(path.encode(), b"")))
        if SECRET.encode() in found[0][1] or (set(parameters) & ABOUT and found[0] != found[1]):
            differ[f"{row.method} {row.path}"] = found[0][0]
    return differ
