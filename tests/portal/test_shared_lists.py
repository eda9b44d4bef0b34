"""The schedule and the first page of visitors with a session: read once for many, correct for each of them."""

import itertools
import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import time_machine
from django.db import connection
from django.template import Context, Template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from companies import content_versions, process_cache
from companies.models import Company, Person
from meetings import access
from meetings.access import VisibilityKey, VisibilityTier, Visitor
from meetings.models import Meeting, MeetingRole, Registration
from portal import days
from portal.meeting_cards import CardData, card_data_to_cache, cards_in
from projects.models import ProjectRoom
from recordings import access as recording_access
from recordings.models import Recording
from tests import factories, world
from tests.factories import NOW

pytestmark = pytest.mark.django_db
State, Role = Registration.State, MeetingRole.Role
SOON = NOW + timedelta(hours=2)
MINUTE = timedelta(minutes=1)


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def by_link(*registrations: Registration, stage: tuple[MeetingRole, ...] = ()) -> Client:
    client = Client()
    session = client.session
    session[access.SESSION_REGISTRATIONS] = [registration.pk for registration in registrations]
    session[access.SESSION_STAGE_ROLES] = [role.pk for role in stage]
    session.save()
    return client


def guest(meeting: Meeting, state: str = State.CONFIRMED) -> Client:
    return by_link(factories.registration(meeting=meeting, state=state))


def stranger() -> Client:
    """With a session, so that the page cached for anonymous visitors is not used."""
    return by_link(factories.registration(state=State.CANCELLED, meeting=factories.meeting()))


def read(client: Client, page: str = "schedule", query: str = "", **headers: str) -> str:
    response = client.get(reverse(page) + query, headers={"Accept-Language": "en", **headers})
    assert response.status_code == 200
    return response.content.decode()


def row_of(meeting: Meeting, page: str) -> str:
    rows = (part.split("</li>")[0] for part in page.split('<li class="meeting-card')[1:])
    return next(row for row in rows if meeting.get_absolute_url() in row)


# ---- visibility keys --------------------------------------------------------------------------------------


def everybody(here: world.World) -> dict[str, Visitor]:
    """Every kind of visitor: registrations in every state, roles on stage and hosts, in every kind of meeting."""
    visitors = {role: Visitor(person) for role, person in here.people.items()}
    kinds = (here.public, here.members_only, here.invited, here.draft, here.project_meeting)
    for meeting, state in itertools.product(kinds, State.values):
        link = factories.registration(meeting=meeting, state=state)
        signed = factories.registration(meeting=meeting, state=state, person=factories.person())
        visitors[f"link {meeting.pk} {state}"] = Visitor(None, (link.pk,))
        visitors[f"signed in {meeting.pk} {state}"] = Visitor(signed.person)
        visitors[f"both {meeting.pk} {state}"] = Visitor(here.people["stranger"], (link.pk,))
    for meeting, kind in itertools.product(kinds, Role.values):
        role = factories.role(meeting, factories.person(), kind)
        visitors[f"stage {meeting.pk} {kind}"] = Visitor(None, (), (role.pk,))
        visitors[f"role {meeting.pk} {kind}"] = Visitor(role.person)
    return {"nobody": Visitor(), **visitors}


def test_a_visibility_key_shows_what_each_of_its_visitors_sees() -> None:
    here = world.build()
    keys = set()
    for name, visitor in everybody(here).items():
        tier = access.tier_of(visitor)
        hidden = frozenset(access.meetings_hidden_from(tier).values_list("pk", flat=True))
        visibility_key = VisibilityKey(tier, access.involved_meeting_ids(visitor, among=hidden))
        seen = set(access.visible_meetings(visitor).published())
        assert set(access.meetings_visible_to(visibility_key).published()) == seen, name
        keys.add(visibility_key)
    assert {visibility_key.tier for visibility_key in keys} == set(VisibilityTier)
    assert len(keys) > 6


def test_recordings_are_visible_by_tier_or_by_involvement_in_their_meeting() -> None:
    here = world.build()
    for meeting, visibility in itertools.product(
        (here.public, here.members_only, here.invited, here.project_meeting), Recording.Visibility.values
    ):
        factories.recording(meeting=meeting, visibility=visibility, state=Recording.State.PUBLISHED)
    for name, visitor in everybody(here).items():
        tier, seen = access.tier_of(visitor), set(recording_access.visible_recordings(visitor).published())
        involved_in = list(recording_access.recordings_by_involvement(visitor).values_list("pk", flat=True))
        assert set(recording_access.published_recordings(tier, involved_in)) == seen, name
        hidden = set(recording_access.recordings_hidden_from(tier).values_list("meeting", flat=True))
        involved = access.involved_meeting_ids(visitor, among=hidden)
        assert {
            one.meeting_id for one in seen - set(recording_access.published_recordings(tier))
        } <= involved, name


# ---- rows of one meeting for different people --------------------------------------------------------------


def people_of(meeting: Meeting) -> dict[str, tuple[Client, str]]:
    """Each sees a different last column of the same row."""
    offers = [factories.registration(meeting=meeting, state=State.OFFERED) for _one in range(2)]
    speaker = factories.role(meeting, factories.person())
    return {
        "registered": (guest(meeting), "Registered<"),
        "pending": (guest(meeting, State.PENDING), "Waiting for approval<"),
        "waitlisted": (guest(meeting, State.WAITLISTED), "On the waitlist<"),
        "withdrawn": (guest(meeting, State.CANCELLED), "#register"),
        "offered": (by_link(offers[0]), reverse("registration", args=[offers[0].pk])),
        "offered another": (by_link(offers[1]), reverse("registration", args=[offers[1].pk])),
        "speaker by link": (by_link(stage=(speaker,)), "You’re taking part<"),
        "speaker": (signed_in(factories.role(meeting, factories.member()).person), "You’re taking part<"),
        "host": (signed_in(meeting.host), "You’re hosting<"),
        "member": (signed_in(factories.member()), "#register"),
    }


@pytest.mark.parametrize("page", ["schedule", "home"])
@time_machine.travel(NOW, tick=False)
def test_everybody_gets_their_own_row_whoever_asked_before(page: str) -> None:
    meeting = factories.meeting(starts_at=SOON, capacity=20)
    people = people_of(meeting)
    every = {words for _client, words in people.values()}
    for name in (*people, *reversed(people)):
        client, words = people[name]
        row = row_of(meeting, read(client, page))
        assert [other for other in every if other in row] == [words], name


def test_people_in_the_room_are_counted_again_each_second() -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        meeting = factories.meeting(state=Meeting.State.LIVE, starts_at=NOW - MINUTE)
        client, host = guest(meeting), signed_in(meeting.host)
        people = [factories.person() for _one in range(2)]
        assert "You’re hosting" in row_of(meeting, read(host))
        assert "You’re hosting" not in row_of(meeting, read(client))
        for person, words in zip(people, ("1 person in the room", "2 people in the room"), strict=True):
            factories.presence(room=meeting.room, person=person)
            clock.shift(timedelta(seconds=1))
            for page, who in itertools.product(("schedule", "home"), (client, host)):
                assert words in row_of(meeting, read(who, page))
            assert words in client.get(meeting.get_absolute_url()).content.decode()


@time_machine.travel(NOW, tick=False)
def test_people_in_one_room_are_not_counted_in_another() -> None:
    rooms = [factories.meeting(state=Meeting.State.LIVE, starts_at=NOW - MINUTE) for _one in range(2)]
    for meeting, people in zip(rooms, (1, 2), strict=True):
        for _one in range(people):
            factories.presence(room=meeting.room, person=factories.person())
    client = by_link(*(factories.registration(meeting=meeting) for meeting in rooms))
    for meeting, words in zip(rooms, ("1 person in the room", "2 people in the room"), strict=True):
        assert words in client.get(meeting.get_absolute_url()).content.decode()


@time_machine.travel(NOW, tick=False)
def test_who_attended_one_meeting_is_not_counted_for_another() -> None:
    over = [factories.meeting(state=Meeting.State.ENDED, starts_at=NOW - timedelta(days=1)) for _one in "ab"]
    for meeting, people in zip(over, (1, 2), strict=True):
        for _one in range(people):
            hours = {"joined_at": meeting.starts_at, "left_at": meeting.ends_at}
            factories.presence(room=meeting.room, person=factories.person(), **hours)
    for meeting, words in zip(over, ("60 minutes · 1 person<", "60 minutes · 2 people<"), strict=True):
        page = Client(headers={"Accept-Language": "en"}).get(meeting.get_absolute_url())
        assert words in " ".join(page.content.decode().split()).replace(" <", "<")


@time_machine.travel(NOW, tick=False)
def test_people_in_a_room_are_counted_only_for_visitors_who_may_enter_it() -> None:
    """Presences do not change the content version: on a page cached for strangers they would be a minute old."""
    meeting = factories.meeting(state=Meeting.State.LIVE, starts_at=NOW - MINUTE)
    for page in (reverse("schedule"), reverse("home"), meeting.get_absolute_url()):
        for client in (Client(), signed_in(factories.member()), guest(meeting)):
            with CaptureQueriesContext(connection) as asked:
                seen = client.get(page).content.decode()
            can_enter = reverse("room", args=[meeting.room_id]) in seen
            assert any("rooms_presence" in query["sql"] for query in asked) <= can_enter
    assert can_enter


@time_machine.travel(NOW, tick=False)
def test_a_row_links_only_to_a_recording_that_its_reader_may_see() -> None:
    meeting = factories.meeting(state=Meeting.State.ENDED, starts_at=NOW - timedelta(hours=3))
    shown = partial(factories.recording, meeting=meeting, state=Recording.State.PUBLISHED)
    public = shown(visibility=Recording.Visibility.PUBLIC, published_at=NOW - 2 * MINUTE)
    members = shown(visibility=Recording.Visibility.MEMBERS, published_at=NOW - MINUTE)
    for client, recording in ((guest(meeting), public), (signed_in(factories.member()), members)) * 2:
        row = row_of(meeting, read(client, query="?m=2026-12"))
        assert recording.get_absolute_url() in row
        assert len({public.get_absolute_url() in row, members.get_absolute_url() in row}) == 2


@time_machine.travel(NOW, tick=False)
def test_the_first_page_has_one_primary_button_and_the_schedule_other_rows() -> None:
    meeting = factories.meeting(state=Meeting.State.LIVE, starts_at=NOW - timedelta(days=1), ends_at=SOON)
    client = guest(meeting)
    for _time in range(2):
        first, listed = (row_of(meeting, read(client, page)) for page in ("home", "schedule"))
        assert "button--primary" in first
        assert "<h2" in first
        assert "meeting-card__day" in first
        assert "button--primary" not in listed
        assert "<h4" in listed
        assert "meeting-card__day" not in listed


@pytest.mark.parametrize("option", ["level=3", "primary=True", "with_day=True", "of_programme=True"])
@time_machine.travel(NOW, tick=False)
def test_a_row_with_another_option_is_rendered_for_that_option(option: str) -> None:
    meeting = factories.meeting(
        state=Meeting.State.LIVE, starts_at=NOW - MINUTE, programme=factories.programme()
    )
    card = cards_in(
        card_data_to_cache(Meeting.objects.filter(pk=meeting.pk)), Visitor(meeting.host), now=NOW
    )[0]
    plain, other = (
        Template(f"{{% load timetable %}}{{% timetable_row card {words} %}}") for words in ("", option)
    )
    row = plain.render(Context({"card": card}))
    assert other.render(Context({"card": card})) != row
    assert plain.render(Context({"card": card})) == row


def test_rows_read_at_different_versions_have_no_version_together() -> None:
    """Cached under one of the two versions, a row read before a change would pass for one read after it."""
    nothing: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    old, new = (CardData([], nothing, Counter(), version) for version in (1, 2))
    assert ((old | new).version, (new | old).version, (new | new).version) == (None, None, 2)


# ---- lists and their controls ------------------------------------------------------------------------------


@time_machine.travel(NOW, tick=False)
def test_a_hidden_meeting_is_listed_only_for_those_involved() -> None:
    hidden = factories.meeting(
        title={"en": "Hidden talk"}, starts_at=SOON, visibility=Meeting.Visibility.INVITED
    )
    theirs = (guest(hidden), signed_in(hidden.host), signed_in(factories.secretariat()))
    others = (stranger(), signed_in(factories.member()))
    for query in ("", "?view=month", "?m=2026-12", "?k=webinar"):
        for client in (*reversed(theirs), *others, *theirs):
            assert ("Hidden talk" in read(client, query=query)) == (client in theirs), query
    for client in (*reversed(theirs), *others, *theirs):
        assert ("Hidden talk" in read(client, "home")) == (client in theirs[:2])


@time_machine.travel(NOW, tick=False)
def test_a_meeting_for_members_is_upcoming_for_a_guest_who_is_registered_and_for_no_other() -> None:
    hours = iter(range(1, 9))
    own = [factories.meeting(starts_at=NOW + timedelta(hours=next(hours))) for _ in range(4)]
    later = factories.meeting(
        title={"en": "Members talk"},
        starts_at=NOW + timedelta(hours=next(hours)),
        visibility=Meeting.Visibility.MEMBERS,
    )
    registered = by_link(*(factories.registration(meeting=meeting) for meeting in (*own, later)))
    office, member = signed_in(factories.secretariat()), signed_in(factories.member())
    readers = [office, registered, stranger(), member]
    for client in (*readers, *reversed(readers)):
        assert ("Members talk" in read(client, "home")) == (client is not readers[2])


@time_machine.travel(NOW, tick=False)
def test_a_recording_for_members_is_on_the_first_page_of_members_alone() -> None:
    over = factories.meeting(state=Meeting.State.ENDED, starts_at=NOW - timedelta(days=1))
    factories.recording(
        meeting=over,
        title={"en": "Members film"},
        visibility=Recording.Visibility.MEMBERS,
        state=Recording.State.PUBLISHED,
    )
    member, guest = signed_in(factories.member()), stranger()
    for client in (member, guest, member):
        assert ("Members film" in read(client, "home")) == (client is member)


@time_machine.travel(NOW, tick=False)
def test_the_countries_at_the_top_are_of_the_readers_meeting_their_own_first() -> None:
    first, second = (factories.meeting(starts_at=NOW + timedelta(hours=hours)) for hours in (2, 3))
    factories.meeting(starts_at=NOW + timedelta(hours=4))
    for meeting, countries in ((first, ("PL", "DK")), (second, ("LT", "DE", "LT"))):
        for country in countries:
            company = factories.company(country=country)
            factories.registration(meeting=meeting, person=factories.member(company=company))
    swede, pole, of_first = (
        factories.member(company=factories.company(country=code)) for code in ("SE", "PL", "SE")
    )
    factories.registration(meeting=first, person=of_first)
    expected = {
        swede: "<strong>Sweden</strong> 1",
        pole: "<strong>Poland</strong> 1",
        of_first: "Lithuania 2",
    }
    clients = {person: signed_in(person) for person in expected}
    for person, top in expected.items():
        assert countries_of(read(clients[person], "home"))[0] == top


def countries_of(page: str) -> list[str]:
    return re.findall(r'<li class="badge badge--line">(.+?)</li>', page)


@time_machine.travel(NOW, tick=False)
def test_a_recording_for_registered_people_is_offered_to_nobody_else() -> None:
    meeting = factories.meeting(state=Meeting.State.ENDED, starts_at=NOW - timedelta(days=1))
    fields = {"meeting": meeting, "state": Recording.State.PUBLISHED}
    factories.recording(**fields, title={"en": "For those"}, visibility=Recording.Visibility.REGISTERED)
    factories.recording(**fields, title={"en": "For all"}, visibility=Recording.Visibility.PUBLIC)
    registered = guest(meeting)
    for client in (registered, stranger(), guest(meeting, State.WAITLISTED), registered):
        page = read(client, "home")
        assert "For all" in page
        assert ("For those" in page) == (client is registered)


@time_machine.travel(NOW, tick=False)
def test_controls_depend_on_the_visitor() -> None:
    factories.meeting(starts_at=SOON)
    unattached, member = signed_in(factories.person()), signed_in(factories.member())
    for client, mine, can_schedule in (
        (stranger(), False, False),
        (unattached, True, False),
        (member, True, True),
    ) * 2:
        page = read(client)
        assert ("Only my meetings" in page) == mine
        assert ("Schedule a meeting" in page) == can_schedule
        assert ("Schedule a meeting" in read(client, "home")) == can_schedule


@time_machine.travel(NOW, tick=False)
def test_each_filter_has_its_own_list() -> None:
    talk = factories.meeting(starts_at=SOON, title={"en": "A talk"})
    lecture = factories.meeting(starts_at=SOON, title={"en": "A lecture"}, kind=Meeting.Kind.LECTURE)
    client = guest(talk)
    for query, listed in (("?k=webinar", {talk}), ("?k=lecture", {lecture}), ("", {talk, lecture})) * 2:
        page = read(client, query=query)
        assert {meeting for meeting in (talk, lecture) if meeting.get_absolute_url() in page} == listed
        assert page.count(" checked") == (query != "")
        assert (f"{len(listed)} meeting" + "s" * (len(listed) - 1) + "<") in page


def test_two_template_parts_with_equal_cache_keys_are_kept_apart() -> None:
    page = Template(
        "{% load frame %}{% cached by %}filters{% endcached %} {% cached by %}rows{% endcached %}"
    )
    for _time in range(2):
        assert page.render(Context({"by": (1,)})) == "filters rows"


def test_a_part_without_a_cache_key_is_rendered_each_time() -> None:
    page = Template("{% load frame %}{% cached by %}{{ words }}{% endcached %}")
    for words in ("mine", "yours"):
        for nothing in ({}, {"by": None}):
            assert page.render(Context({"words": words, **nothing})) == words


CHANGES: dict[str, tuple[str, Callable[[Meeting], object], str]] = {
    "a title": ("schedule", lambda _m: Meeting.objects.update(title={"en": "Glaciers"}), "Glaciers"),
    "a title on the first page": ("home", lambda _m: Meeting.objects.update(title={"en": "Ice"}), "Ice"),
    "a company": ("home", lambda _m: Company.objects.update(name="Varmvatten AB"), "Varmvatten AB"),
    "a new meeting": (
        "home",
        lambda _m: factories.meeting(starts_at=SOON, title={"en": "Wind"}),
        "Wind",
    ),
    "a seat given back": (
        "schedule",
        lambda _m: Registration.objects.update(state=State.CANCELLED, cancelled_at=NOW),
        "20 seats left",
    ),
    "a cancelled meeting": (
        "schedule",
        lambda _m: Meeting.objects.update(state=Meeting.State.CANCELLED, cancelled_at=NOW),
        ">Cancelled<",
    ),
    "an article": (
        "home",
        lambda _m: factories.article(title={"en": "News from today"}, published_at=NOW),
        "News from today",
    ),
    "a recording": (
        "home",
        lambda m: factories.recording(
            meeting=m,
            title={"en": "To see"},
            state=Recording.State.PUBLISHED,
            visibility=Recording.Visibility.PUBLIC,
        ),
        "To see",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
@time_machine.travel(NOW, tick=False)
def test_visitors_with_a_session_see_a_change_at_once(change: str) -> None:
    meeting = factories.meeting(starts_at=SOON, capacity=20, host_company=factories.company())
    clients = (guest(meeting), signed_in(factories.member()))
    page, do, words = CHANGES[change]
    for client in clients:
        assert words not in read(client, page)
    do(meeting)
    for client in clients:
        assert words in read(client, page)


@time_machine.travel(NOW, tick=False)
def test_a_change_shows_at_once_in_a_list_that_is_not_shared() -> None:
    """Such rows have no version and are rendered each time."""
    meeting = factories.meeting(starts_at=SOON, title={"en": "Harbour heat"})
    client = guest(meeting)
    for title in ("Harbour heat", "Harbour ice"):
        Meeting.objects.update(title={"en": title})
        assert title in row_of(meeting, read(client, query="?q=harbour"))


@pytest.mark.parametrize("page", ["schedule", "home"])
def test_a_change_shows_within_a_minute_even_without_triggers(
    page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    content_versions.remove(plan=["a migration"])
    with time_machine.travel(NOW, tick=False) as clock:
        meeting = factories.meeting(starts_at=SOON, title={"en": "Harbour heat"})
        client = guest(meeting)
        for minute, title in enumerate(("Harbour heat", "Harbour ice")):
            clock.move_to(NOW + minute * MINUTE)
            monkeypatch.setattr(process_cache.time, "monotonic", lambda at=minute * 60.0: at)
            Meeting.objects.update(title={"en": title})
            assert title in row_of(meeting, read(client, page))


@time_machine.travel(NOW, tick=False)
def test_lists_are_in_the_readers_language_and_time_zone() -> None:
    meeting, other = (
        factories.meeting(starts_at=SOON, kind=kind) for kind in (Meeting.Kind.WEBINAR, Meeting.Kind.LECTURE)
    )
    places = (("Stockholm", "12:20"), ("Vilnius", "13:20"))
    readers = [(*one, guest(meeting)) for one in itertools.product(("en", "sv"), places)]
    for page, (language, (city, hour), client) in itertools.product(("schedule", "home"), readers * 2):
        client.cookies["timezone"] = f"Europe/{city}"
        seen = read(client, page, **{"Accept-Language": language})
        of_day = seen.split('id="d2026-12-03"')[1]
        assert ("Today, Thursday 3" if language == "en" else "I dag, torsdag") in of_day
        if page == "schedule":
            filters = seen.split('class="timetable')[0]
            assert ("Lecture" in filters, "Föreläsning" in filters) == (language == "en", language == "sv")
        for row, words in ((meeting, ("Registered", "Anmäld")), (other, ("#register",) * 2)):
            assert f">{hour}<" in row_of(row, seen)
            assert words[language == "sv"] in row_of(row, seen)


@pytest.mark.parametrize("visibility", [Meeting.Visibility.PUBLIC, Meeting.Visibility.INVITED])
@time_machine.travel(NOW, tick=False)
def test_a_month_is_that_of_the_readers_time_zone(visibility: str) -> None:
    late = datetime(2026, 12, 31, 22, 30, tzinfo=UTC)  # 23:30 in Stockholm, 00:30 in Vilnius
    meeting = factories.meeting(starts_at=late, visibility=visibility)
    client = guest(meeting)
    for city, month in (("Stockholm", "2026-12"), ("Vilnius", "2027-01")) * 2:
        client.cookies["timezone"] = f"Europe/{city}"
        for asked in ("2026-12", "2027-01"):
            listed = meeting.get_absolute_url() in read(client, query=f"?m={asked}")
            assert listed == (asked == month), city


def test_what_depends_on_the_time_is_right_to_the_minute_for_visitors_with_a_session() -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        meeting = factories.meeting(starts_at=SOON, ends_at=SOON + timedelta(hours=14))
        later = factories.meeting(starts_at=SOON + timedelta(days=1))
        client = guest(meeting)

        def rows() -> list[str]:
            return [row_of(meeting, read(client, page)) for page in ("schedule", "home")]

        clock.move_to(SOON - 15 * MINUTE - timedelta(seconds=1))
        assert all("Registered<" in row for row in rows())
        clock.move_to(SOON - 15 * MINUTE)
        assert all("Open the room" in row for row in rows())
        clock.move_to(meeting.ends_at - timedelta(seconds=1))
        assert all("Open the room" in row for row in rows())
        clock.move_to(meeting.ends_at)
        for page in ("schedule", "home"):
            assert meeting.get_absolute_url() not in read(client, page)
            assert later.get_absolute_url() in read(client, page)


def test_today_is_named_until_midnight() -> None:
    midnight = NOW.replace(hour=23, minute=0)  # in Stockholm
    with time_machine.travel(midnight - MINUTE, tick=False) as clock:
        for minutes in (60, 30):  # home shows the first one large, and the other in its list
            starts_at = midnight - timedelta(minutes=minutes)
            meeting = factories.meeting(starts_at=starts_at, duration=timedelta(hours=9))
        client = stranger()
        for page in ("schedule", "home"):
            assert "Today, Thursday 3 December" in read(client, page).split('id="d2026')[1]
        clock.move_to(midnight)
        for page in ("schedule", "home"):
            assert "Today, Thursday" not in read(client, page).split('id="d2026')[1]
        assert meeting.get_absolute_url() in read(client)


@pytest.mark.parametrize("language", ["en", "sv", "pl", "de", "da", "lt"])
def test_the_day_over_a_list_begins_with_a_capital(language: str) -> None:
    with translation.override(language):
        headings = [days.day_heading(SOON, now=NOW, shown_year=year) for year in (SOON.year, None)]
        headings += [days.date_without_year(SOON), days.short_date(SOON)]
    assert not any(heading[0].islower() for heading in headings)


# ---- queries -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("page", "queries"), [("schedule", 3), ("home", 4)])
@time_machine.travel(NOW, tick=False)
def test_a_guest_takes_few_queries_when_others_have_asked_before(page: str, queries: int) -> None:
    meeting = factories.meeting(starts_at=SOON)
    factories.meeting(starts_at=SOON, visibility=Meeting.Visibility.INVITED)
    read(guest(meeting), page)
    another = guest(meeting)
    read(guest(meeting), page)
    with CaptureQueriesContext(connection) as asked:
        read(another, page)
    assert len(asked) == queries


@pytest.mark.parametrize("query", ["?q=harbour", "?when=past", "?mine=1", f"?x={'x' * 200}"])
@time_machine.travel(NOW, tick=False)
def test_rarely_used_filters_are_not_cached(query: str) -> None:
    client = guest(factories.meeting(starts_at=SOON))
    read(client)
    read(client, query=query)
    with CaptureQueriesContext(connection) as asked:
        read(client, query=query)
    assert len(asked) > 4


@time_machine.travel(NOW, tick=False)
def test_the_page_of_one_project_room_is_not_that_of_another() -> None:
    person = factories.member()
    assert person.company is not None
    rooms = [factories.room(companies=[person.company, factories.company()]) for _room in range(2)]
    for room, title in zip(rooms, ("Harbour ice", "Harbour heat"), strict=True):
        ProjectRoom.objects.filter(room=room).update(title={"en": title})
    client = signed_in(person)
    for room, title in zip(rooms, ("Harbour ice", "Harbour heat"), strict=True):
        page = client.get(reverse("room", args=[room.pk]), headers={"Accept-Language": "en"}).content.decode()
        assert f'<p class="soft mid">{title}</p>' in page
        assert f'href="{reverse("project_room", args=[room.pk])}">Not now' in page
    # A meeting that is planned there is on its page at once.
    assert "No meeting is scheduled right now" in page
    factories.meeting(room=room, starts_at=SOON, host=person)
    assert "Starts in" in client.get(reverse("room", args=[room.pk])).content.decode()


@pytest.mark.parametrize("minute", [0, 1])
def test_a_host_may_start_and_a_speaker_waits_once_the_meeting_ought_to_have_begun(minute: int) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        meeting = factories.meeting(starts_at=NOW + MINUTE)
        speaker = factories.role(meeting, factories.member()).person
        clock.shift(minute * MINUTE)
        words = ("The meeting has not started yet.", "The host hasn’t started the meeting yet.")
        for _time in range(2):
            for person, said in zip((meeting.host, speaker), words, strict=True):
                page = read_room(signed_in(person), meeting)
                shown = [f'<p class="mid">{each}' in page for each in words]
                assert shown == [minute == 1 and each == said for each in words]


def read_room(client: Client, meeting: Meeting) -> str:
    return client.get(reverse("room", args=[meeting.room_id])).content.decode()


@time_machine.travel(NOW, tick=False)
def test_the_pages_of_a_meeting_and_of_its_room_show_each_reader_their_own_parts() -> None:
    meeting = factories.meeting(
        state=Meeting.State.LIVE, starts_at=NOW - MINUTE, kind=Meeting.Kind.WEBINAR, title={"en": "Before"}
    )
    client, host, member = guest(meeting), signed_in(meeting.host), signed_in(factories.member())
    page, room = meeting.get_absolute_url(), reverse("room", args=[meeting.room_id])
    other = factories.meeting(
        state=Meeting.State.LIVE, starts_at=NOW - MINUTE, host=meeting.host, title={"en": "Another"}
    )
    speaker = by_link(stage=(factories.role(meeting, factories.person(name="Rasa Speaker")),))
    for _time in range(2):
        for of_host in (other, meeting):
            shown = host.get(of_host.get_absolute_url()).content.decode()
            assert f"<h1>{of_host.title['en']}</h1>" in shown
            assert ("Rasa Speaker" in shown) == (of_host == meeting)
            in_room = host.get(reverse("room", args=[of_host.room_id])).content.decode()
            assert f'href="{of_host.get_absolute_url()}">Not now' in in_room
            assert f">{of_host.title['en']}</p>" in in_room
        read_by_speaker = speaker.get(page).content.decode()
        assert "You’re taking part" in read_by_speaker
        assert "You’re registered" not in read_by_speaker
        read_by_guest, read_by_host = (who.get(page).content.decode() for who in (client, host))
        assert "You’re hosting" in read_by_host
        assert "You’re hosting" not in read_by_guest
        assert "Joining late?" in read_by_guest
        assert "You’re registered" in read_by_guest
        assert 'id="register"' not in read_by_guest
        read_by_member = member.get(page).content.decode()
        assert "Joining late?" not in read_by_member
        assert 'id="register"' in read_by_member
        assert "You can join without camera" in host.get(room).content.decode()
        seen = client.get(room).content.decode()
        assert "You’re joining to watch and listen" in seen
        assert "Before" in seen
    Meeting.objects.filter(pk=meeting.pk).update(title={"en": "After"}, record=True)
    assert "<h1>After</h1>" in client.get(page).content.decode()
    assert "This meeting will be recorded." in client.get(room).content.decode()
    in_german = client.get(room, headers={"accept-language": "de"}).content.decode()
    assert "Nobody can see or hear you yet." not in in_german
