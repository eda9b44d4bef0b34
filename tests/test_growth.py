"""No page, API list or administration page needs more queries, or becomes longer, as rows accumulate.

Walks every URL of the permission matrix, so that a new unbounded list fails here.
"""

import copy
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from django.contrib import admin
from django.db import connection, reset_queries
from django.db.models import Model
from django.db.models.base import ModelState
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from api.models import ApiToken
from companies import process_cache
from companies.ids import new_id, new_secret
from companies.models import Offer
from meetings.models import Meeting
from notifications.models import Notification
from projects.models import HistoryEntry, ProjectMember, ProjectRoom, Role
from rooms.models import Room, RoomEvent
from tests import factories, matrix, world
from tests.product_modules import APPS
from tests.world import World

Row = TypeVar("Row", bound=Model)
WEEK = timedelta(days=7)
ROLES = ("anonymous", "host", "secretariat")
# Forms and filters offer every programme, project room, company, member or field of work that can be chosen.
OFFERING = {
    *(
        "edit_meeting",
        "invitations",
        "manage_person",
        "manage_topic",
        "edit_company",
        "new_meeting",
        "new_project_room",
        "project_members",
        "project_actions",
        "project_panel",
        "edit_action",
    ),
    *("admin of companies.Company", "admin of meetings.Meeting", "admin of news.Article"),
}
# An export contains all matches; a meeting's attendance is one answer by contract.
WHOLE = {
    *("attendance_csv", "chat_csv", "chat_text", "live_questions_csv", "registrations_csv", "calendar_feed"),
    *("live_text_csv", "live_text_text"),
    "sitemap",
    *("company_calendar", "programme_calendar", "schedule_calendar", "series_calendar"),
    "/meetings/{meeting_id}/attendance",
}


def many(row: Row, count: int, **differ: Callable[[int], Any]) -> list[Row]:
    """So many copies of a saved row, with these differences."""
    made = []
    for number in range(count):
        one = copy.copy(row)
        one._state = ModelState()
        one.pk = new_id() if isinstance(row.pk, str) else None
        for name, value in differ.items():
            setattr(one, name, value(number))
        made.append(one)
    return type(row)._default_manager.bulk_create(made)


def grow(here: World, start: int, end: int) -> None:
    """From `start` to `end` of each kind of row: with a hundred, two years of weekly meetings in the project room."""
    count, now = end - start, timezone.now()
    people = many(
        here.people["guest"],
        count,
        email=lambda at: f"grown{start + at}@example.org",
        calendar_key=lambda _at: new_secret(),
    )
    registrations = many(here.guest_registration, count, person=lambda at: people[at])
    many(here.invitation, count, person=lambda at: people[at])
    many(factories.calendar_reply(meeting=here.public), count, person=lambda at: people[at])
    Notification.objects.bulk_create(
        Notification(
            kind=Notification.Kind.CONFIRMATION,
            person=person,
            meeting=here.public,
            registration=registration,
            dedupe_key="grown",
            due_at=now,
            created_at=now,
        )
        for person, registration in zip(people, registrations, strict=True)
    )
    ended = _meetings(here, start, count)
    for meetings in (ended, [here.public] * count):
        many(
            factories.presence(
                room=here.public.room,
                person=here.people["guest"],
                joined_at=here.public.starts_at,
                left_at=here.public.ends_at,
            ),
            count,
            room=lambda at, of=meetings: of[at].room,
            person=lambda at: people[at],
            connection=lambda _at: new_id(),
            joined_at=lambda at, of=meetings: of[at].starts_at,
            left_at=lambda at, of=meetings: of[at].ends_at,
        )
    many(here.recording, count, meeting=lambda at: ended[at], room=lambda at: ended[at].room)
    many(here.recording, count, created_at=lambda at: now - at * WEEK)
    many(here.article, count, slug=lambda at: f"grown-{start + at}")
    many(here.live_question, count, asked_at=lambda at: now - at * WEEK)
    many(here.deck, count)
    many(here.agenda_item, count)
    many(here.resource, count)
    slide = here.deck.slides.order_by("-number")[0]
    many(slide, min(count, 300 - slide.number), number=lambda at, after=slide.number: after + 1 + at)
    for poll in (here.poll, here.closed_poll):  # in turn, so that a page always has as many of each
        many(poll, count, created_at=lambda at: now - (start + at + 1) * WEEK)
    companies = many(
        here.company, count, slug=lambda at: f"grown-{start + at}", name=lambda at: f"Grown {start + at}"
    )
    offer = Offer.objects.filter(company=here.company).first() or factories.offer(here.company, en="Heat")
    many(offer, count, company=lambda at: companies[at])
    many(here.topic, count, slug=lambda at: f"grown-{start + at}")
    many(here.message, count, email=lambda at: f"grown{start + at}@example.org")
    many(here.programme, count, slug=lambda at: f"grown-{start + at}")
    rooms = many(here.project_room, count)
    ProjectRoom.objects.bulk_create(ProjectRoom(room=room, title={"en": "Harbour heat"}) for room in rooms)
    through = Room.companies.through
    through.objects.bulk_create(through(room=room, company=here.company) for room in rooms)
    project = ProjectRoom.objects.get(room=here.project_room)
    many(here.post.thread, count)
    many(here.post, count)
    HistoryEntry.objects.bulk_create(
        HistoryEntry(project=project, kind="renamed", by=here.people["host"], at=now) for _at in range(count)
    )
    for row in (here.action, here.decision):
        many(row, count)
    files = many(here.project_file, count, name=lambda at: f"Grown {start + at}.pdf")
    version = here.project_file.versions.get(number=1)
    many(version, count, file=lambda at: files[at])
    many(version, count, number=lambda at: start + at + 2)
    ProjectMember.objects.bulk_create(
        ProjectMember(project=project, person=guest, role=Role.READER, added_at=now) for guest in people
    )
    RoomEvent.objects.bulk_create(
        RoomEvent(
            room=here.project_room,
            seq=start + at + 1,
            ev="chat.message",
            payload={"from": {"name": "Guest"}, "text": "Yes"},
            at=now,
        )
        for at in range(count)
    )


def _meetings(here: World, start: int, count: int) -> list[Meeting]:
    """Upcoming, draft and past public ones, all of one programme; returns past ones of the project room."""
    of_programme: dict[str, Callable[[int], Any]] = {"programme": lambda _at: here.programme}
    rooms = many(here.public.room, 3 * count)
    for part, meeting in enumerate((here.public, here.draft)):
        many(meeting, count, uid=_uid, room=lambda at, p=part: rooms[p * count + at], **of_programme)
    over: dict[str, Callable[[int], Any]] = {
        "uid": _uid,
        "state": lambda _at: Meeting.State.ENDED,
        "starts_at": lambda at: here.public.starts_at - (start + at + 2) * WEEK,
        "ends_at": lambda at: here.public.ends_at - (start + at + 2) * WEEK,
        "started_at": lambda at: here.public.starts_at - (start + at + 2) * WEEK,
        "ended_at": lambda at: here.public.ends_at - (start + at + 2) * WEEK,
    }
    many(here.public, count, room=lambda at: rooms[2 * count + at], **over, **of_programme)
    return many(here.project_meeting, count, **over)


def _uid(_at: int) -> str:
    return Meeting.new_uid(new_id())


def pages(here: World) -> Iterable[tuple[str, str, str]]:
    for row in matrix.PAGES:
        address = reverse(row.name, kwargs=row.arguments(here))
        for role in ROLES:
            if row.method == "GET" and row.answers[world.ROLES.index(role)] == 200:
                yield row.name, role, address
    for name, query in (
        ("schedule", "?when=past"),
        ("schedule", "?q=harbour&when=past"),
        ("recordings", "?q=harbour"),
        ("my_meetings", "?show=past"),
        ("my_meetings", "?show=hosting"),
    ):
        yield f"{name}{query}", "host", reverse(name) + query


def operations(here: World) -> Iterable[tuple[str, str]]:
    for row in matrix.OPERATIONS:
        if row.method == "GET" and row.answers[-1] == 200:
            path = row.path.format(**matrix.parts_of_paths(here, row))
            yield row.path, f"/api/v1{path}"


def measured(here: World) -> dict[str, tuple[int, int]]:
    """Queries and bytes of every list by name, role and address: several rows of the matrix share a name."""
    clients = {role: here.client(role) for role in ROLES}
    found = {}
    for name, role, address in pages(here):
        found[f"{name} ({role}, {address})"] = _asked(clients[role], address)
    key = {"Authorization": f"Bearer {token(here)}"}
    for name, address in operations(here):
        found[name] = _asked(Client(), address, headers=key)
    for model in admin.site._registry:
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        if model._meta.app_label in APPS:
            found[f"admin of {model._meta.label}"] = _asked(clients["secretariat"], address)
    return found


def token(here: World) -> str:
    ApiToken.objects.get_or_create(
        key_hash=ApiToken.hash_of("growing"),
        defaults={
            "person": here.people["secretariat"],
            "scopes": sorted({row.scope for row in matrix.OPERATIONS}),
            "created_at": timezone.now(),
        },
    )
    return "growing"


def _asked(client: Client, address: str, **more: Any) -> tuple[int, int]:
    process_cache.clear_all()
    reset_queries()  # a connection remembers nine thousand: beyond them, nothing would be counted
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address, **more)
    assert response.status_code == 200, address
    return len(queries), len(response.getvalue())


@pytest.mark.django_db
def test_no_list_asks_more_or_grows_longer_with_rows_and_years(settings: Any) -> None:
    settings.RATE_LIMITS = False
    here = world.build()
    measured(here)  # what is loaded once is not counted
    grow(here, 0, 3)
    few = measured(here)
    grow(here, 3, 160)
    some = measured(here)
    grow(here, 160, 300)
    most = measured(here)
    assert len(most) > 80
    asks_more = {name: (few[name][0], most[name][0]) for name in most if most[name][0] > few[name][0]}
    grows = {
        name: (some[name][1], most[name][1])
        for name in most
        if most[name][1] > 1.05 * some[name][1] + 300 and name.split(" (")[0] not in WHOLE | OFFERING
    }
    assert (asks_more, grows) == ({}, {})
