"""Cached pages for anonymous visitors: rendered once, again after every change, and never with personal content."""

import itertools
import re
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import connection, connections, transaction
from django.http import HttpRequest, HttpResponse
from django.template import RequestContext, Template
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from companies import content_versions, process_cache, shared_pages
from companies.models import Company, Person
from meetings import access
from meetings.models import Meeting, Registration
from news.models import Article
from recordings.models import Recording
from tests import factories
from tests.factories import NOW, STARTS_AT

pytestmark = pytest.mark.django_db
NOT_SHOWN_TO_STRANGERS = {"rooms_room", "rooms_presence", "companies_contentversion"}


def everything() -> Meeting:
    """One row of everything that public pages show; the meeting is upcoming, with series, programme and company."""
    company = factories.company(name="Hamnvärme")
    factories.offer(company, en="Heat exchangers")
    company.topics.add(factories.topic("heat"))
    meeting = factories.meeting(
        host_company=company,
        capacity=10,
        programme=factories.programme(slug="harbours"),
        series=factories.series(),
        series_position=1,
    )
    factories.meeting(series=meeting.series, series_position=2, starts_at=STARTS_AT + timedelta(days=7))
    factories.role(meeting, factories.member(name="Rasa Speaker"))
    ended = factories.meeting(state=Meeting.State.ENDED, starts_at=NOW - timedelta(days=9))
    public = Recording.Visibility.PUBLIC
    factories.recording(meeting=ended, state=Recording.State.PUBLISHED, visibility=public)
    factories.article(slug="pump", company=company, meeting=meeting)
    return meeting


def shared_addresses(meeting: Meeting) -> list[str]:
    assert meeting.series is not None
    ended = Meeting.objects.get(state=Meeting.State.ENDED)
    return [
        *(reverse(name) for name in ("home", "schedule", "recordings", "programmes", "directory", "news")),
        *(reverse("meeting", args=[one.pk]) for one in (meeting, ended)),
        reverse("series", args=[meeting.series.pk]),
        reverse("programme", args=["harbours"]),
        reverse("company", args=[Company.objects.get(name="Hamnvärme").slug]),
        reverse("article", args=["pump"]),
    ]


def read(address: str, client: Client | None = None, **headers: Any) -> str:
    response = (client or Client()).get(address, headers={"Accept-Language": "en", **headers})
    assert response.status_code == 200, address
    return response.content.decode()


@time_machine.travel(NOW, tick=False)
def test_a_page_that_was_made_before_costs_one_query() -> None:
    for address in shared_addresses(everything()):
        read(address)
        with CaptureQueriesContext(connection) as queries:
            read(address)
        assert len(queries) == 1, address


@time_machine.travel(NOW, tick=False)
def test_every_table_that_a_shared_page_reads_changes_the_version() -> None:
    watched = set(content_versions.tables())
    for address in shared_addresses(everything()):
        with CaptureQueriesContext(connection) as queries:
            read(address)
        tables = {name for query in queries for name in re.findall(r'(?:FROM|JOIN) "(\w+)"', query["sql"])}
        assert tables
        assert tables <= watched | NOT_SHOWN_TO_STRANGERS, address


CHANGES: dict[str, tuple[str, Callable[[], object], str]] = {
    "a meeting by a bulk update": (
        "schedule",
        lambda: Meeting.objects.filter(state="scheduled").update(title={"en": "Glaciers"}),
        "Glaciers",
    ),
    "a new meeting": ("home", lambda: factories.meeting(title={"en": "Wind"}), "Wind"),
    "a seat taken": (
        "schedule",
        lambda: factories.registration(meeting=Meeting.objects.get(capacity=10)),
        "9 seats left",
    ),
    "a company's name": ("schedule", lambda: Company.objects.update(name="Varmvatten AB"), "Varmvatten AB"),
    "an article": (
        "home",
        lambda: factories.article(title={"en": "Ice is gone"}, published_at=NOW),
        "Ice is gone",
    ),
    "an article's title": ("news", lambda: Article.objects.update(title={"en": "Fog"}), "Fog"),
    "a recording's title": ("recordings", lambda: Recording.objects.update(title={"en": "Seen"}), "Seen"),
    "a programme's title": (
        "programmes",
        lambda: apps.get_model("meetings", "Programme").objects.update(title={"en": "Ports"}),
        "Ports",
    ),
    "an offer": (
        "directory",
        lambda: factories.offer(Company.objects.get(name="Hamnvärme"), en="Pipes"),
        "Pipes",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
@time_machine.travel(NOW, tick=False)
def test_a_change_is_on_the_page_at_once(change: str) -> None:
    everything()
    page, do, words = CHANGES[change]
    assert words not in read(reverse(page))
    do()
    assert words in read(reverse(page))


@time_machine.travel(NOW, tick=False)
def test_names_of_hosts_and_speakers_are_followed_and_their_sign_ins_are_not() -> None:
    meeting = everything()
    address = reverse("meeting", args=[meeting.pk])
    assert "Rasa Speaker" in read(address)
    version = content_versions.content_version()
    Person.objects.update(last_login=NOW)
    Meeting.objects.filter(pk=meeting.pk).update(title=meeting.title)  # written with the same value
    assert content_versions.content_version() == version
    Person.objects.filter(name="Rasa Speaker").update(name="Rasa Kalba")
    assert "Rasa Kalba" in read(address)


@time_machine.travel(NOW, tick=False)
def test_a_change_that_is_taken_back_brings_the_old_page_back() -> None:
    everything()
    before = read(reverse("schedule"))
    with transaction.atomic():
        Meeting.objects.update(title={"en": "Never announced"})
        assert "Never announced" in read(reverse("schedule"))
        transaction.set_rollback(True)
    assert "Never announced" not in read(reverse("schedule"))
    assert re.sub(r'value="\w{64}"', "", before) == re.sub(r'value="\w{64}"', "", read(reverse("schedule")))


# ---- personal content ------------------------------------------------------------------------------------


@time_machine.travel(NOW, tick=False)
def test_a_shared_page_has_nothing_that_anonymous_visitors_may_not_see() -> None:
    for visibility in (Meeting.Visibility.INVITED, Meeting.Visibility.MEMBERS):
        factories.meeting(title={"en": "Hidden talk"}, visibility=visibility)
    host = factories.member()
    factories.meeting(title={"en": "Hidden draft"}, state=Meeting.State.DRAFT, host=host)
    for person in (factories.secretariat(), factories.member(), host):
        client = Client()
        client.force_login(person)
        assert "Hidden" in read(reverse("schedule"), client) + read(reverse("my_meetings"), client)
        assert "Hidden" not in read(reverse("schedule"))
        assert "Hidden" not in read(reverse("home"))


@time_machine.travel(NOW, tick=False)
def test_a_guest_sees_their_registration_and_the_next_visitor_does_not() -> None:
    registration = factories.registration(meeting=everything())
    guest, address = Client(), reverse("meeting", args=[registration.meeting_id])
    session = guest.session
    session[access.SESSION_REGISTRATIONS] = [registration.pk]
    session.save()
    own = reverse("registration", args=[registration.pk])
    for _time in range(2):
        assert own in read(address, guest)
        assert own not in read(address)
    Registration.objects.update(state=Registration.State.CANCELLED)
    assert own not in read(address, guest)


@time_machine.travel(NOW, tick=False)
def test_each_reader_gets_the_page_in_their_language_and_time_zone() -> None:
    meeting = factories.meeting(starts_at=STARTS_AT)
    address = reverse("meeting", args=[meeting.pk])
    readers = {}
    for language in ("en", "sv", "en"):
        for zone, hour in (("Europe/Stockholm", "10:00"), ("Europe/Vilnius", "11:00")):
            client = Client()
            client.cookies["timezone"] = zone
            page = read(address, client, **{"Accept-Language": language})
            assert f'lang="{language}"' in page[:100]
            assert hour in page
            readers[language, zone] = page
    assert len(set(readers.values())) == 4


@time_machine.travel(NOW, tick=False)
def test_header_and_footer_are_of_this_page_language_and_time_zone() -> None:
    client = Client()
    client.force_login(factories.member())  # whose pages are rendered again, with the cached footer
    for _time in range(2):
        for name in ("schedule", "recordings", "programmes", "directory", "news"):
            header = read(reverse(name)).split("<header")[1].split("</header>")[0]
            marked = re.findall(r'href="([^"]+)" aria-current="page"', header)
            assert set(marked) == {reverse(name)}
        for (code, privacy), city in itertools.product(
            (("en", "Privacy"), ("sv", "Integritet")), ("Riga", "Vilnius")
        ):
            client.cookies["timezone"] = f"Europe/{city}"
            Person.objects.update(timezone=f"Europe/{city}", language=code)
            page = read(reverse("home"), client, **{"Accept-Language": code})
            footer = page.split("<footer")[1]
            assert (privacy in footer, city in footer) == (True, True), (code, city)


@time_machine.travel(NOW, tick=False)
def test_the_header_names_the_member_who_asks_and_their_company() -> None:
    members = [
        factories.member(name='Åsa <b>"Ek"</b>', company=factories.company(name="Wind & Wave")),
        factories.member(name="Jonas Kazlauskas", company=factories.company(name="Kelp")),
        factories.person(name="Guest Without Company"),
        factories.secretariat(name="Ewa Nowak"),
    ]
    for _time in range(2):  # the second time from the cache
        for member in members:
            client = Client()
            client.force_login(member)
            header = read(reverse("schedule"), client).split("<header")[1].split("</header>")[0]
            others = [one for one in members if one != member]
            assert f"Your account: {escape(str(member))}" in header
            assert f'data-tint="{member.color_theme}" aria-hidden="true">{escape(member.initials)}<' in header
            assert not any(escape(other.name) in header for other in others)
            companies = {one.company for one in members if one.company is not None}
            linked = {
                one for one in companies if f'href="{one.get_absolute_url()}">{escape(one.name)}' in header
            }
            assert linked == ({member.company} if member.company is not None else set())
            assert (reverse("admin:index") in header) is member.is_secretariat
            assert "\ue000" not in header


def test_a_header_and_a_footer_with_the_same_key_are_not_mixed_up() -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    with timezone.override("Europe/Riga"):
        frame = Template("{% load frame %}{% site_header %}{% site_footer %}")
        page = frame.render(RequestContext(request, {"section": "Europe/Riga"}))
    assert (page.count("<header"), page.count("<footer")) == (1, 1)


@time_machine.travel(NOW, tick=False)
def test_zones_of_one_offset_and_one_abbreviation_are_not_taken_for_each_other() -> None:
    address = reverse("meeting", args=[factories.meeting(starts_at=STARTS_AT).pk])
    for zone in ("Etc/GMT", "Etc/GMT+0", "Etc/GMT"):
        client = Client()
        client.cookies["timezone"] = zone
        page = read(address, client)
        assert f'data-zone="{zone}"' in page


@time_machine.travel(NOW, tick=False)
def test_the_token_in_a_shared_form_is_the_one_of_who_asks() -> None:
    address = reverse("meeting", args=[factories.meeting().pk])
    pages = []
    for _visitor in range(3):
        client = Client(enforce_csrf_checks=True)
        page = read(address, client)
        tokens = set(re.findall(r'name="csrfmiddlewaretoken" value="(\w{64})"', page))
        assert len(tokens) == 1
        pages.append(tokens.pop())
        answer = client.post(reverse("set_language"), {"language": "sv", "csrfmiddlewaretoken": pages[-1]})
        assert answer.status_code == 302
    stolen = client.post(reverse("set_language"), {"language": "sv", "csrfmiddlewaretoken": pages[0]})
    assert len(set(pages)) == 3
    assert stolen.status_code == 403


@time_machine.travel(NOW, tick=False)
def test_a_message_for_one_visitor_is_shown_to_that_one_alone() -> None:
    factories.meeting()
    client, others = Client(), [Client(), Client()]
    for other in others:
        other.cookies["timezone"] = "Europe/Riga"
    client.post(reverse("set_time_zone"), {"timezone": "Europe/Riga", "next": "/"})
    # Whether the page that they share was made before the message or not.
    for page in (reverse("home"), reverse("schedule")):
        if page == reverse("schedule"):
            assert "in this time zone: Riga" not in read(page, others[0])
            client.post(reverse("set_time_zone"), {"timezone": "Europe/Riga", "next": "/"})
        assert "in this time zone: Riga" in read(page, client)
        for other in (client, *others):
            assert "in this time zone: Riga" not in read(page, other)


@time_machine.travel(NOW, tick=False)
def test_an_anonymous_visitor_gets_no_session() -> None:
    for address in shared_addresses(everything()):
        client = Client()
        with CaptureQueriesContext(connection) as queries:
            read(address, client)
        assert "sessionid" not in client.cookies
        assert not any("django_session" in query["sql"] for query in queries), address


def test_what_changes_with_time_is_right_on_the_minute() -> None:
    with time_machine.travel(STARTS_AT, tick=False) as clock:
        meeting = factories.meeting(starts_at=STARTS_AT, duration=timedelta(minutes=30))
        address, schedule = reverse("meeting", args=[meeting.pk]), reverse("schedule")
        clock.move_to(meeting.ends_at - timedelta(seconds=1))
        assert 'id="register"' in read(address)
        assert meeting.pk in read(schedule)
        clock.move_to(meeting.ends_at)
        assert 'id="register"' not in read(address)
        assert meeting.pk not in read(schedule)


def test_a_meeting_whose_time_has_passed_is_called_coming_on_no_page() -> None:
    """Every page is made while the meeting is still to come, and nothing is saved when its time has passed."""
    with time_machine.travel(STARTS_AT, tick=False) as clock:
        company = factories.company(name="Hamnvärme")
        of_all = {"programme": factories.programme(), "series": factories.series(), "host_company": company}
        meeting = factories.meeting(starts_at=STARTS_AT, duration=timedelta(minutes=30), **of_all)
        before = factories.meeting(
            starts_at=STARTS_AT - timedelta(days=7), state=Meeting.State.ENDED, host_company=company
        )
        named = [
            reverse("home"),
            reverse("schedule"),
            company.get_absolute_url(),
            of_all["programme"].get_absolute_url(),
            of_all["series"].get_absolute_url(),
            before.get_absolute_url(),  # "Related upcoming meetings"
        ]
        offering = [meeting.get_absolute_url(), of_all["series"].get_absolute_url()]
        for moment, is_coming in (
            (meeting.ends_at - timedelta(seconds=1), True),
            (meeting.ends_at, False),
            (meeting.ends_at + timedelta(hours=1), False),
        ):
            clock.move_to(moment)
            for address in named:
                coming = read(address).split('id="past"')[0]
                assert (meeting.get_absolute_url() in coming) == is_coming, address
            for address in offering:
                assert ("hx-post=" in read(address)) == is_coming, address
            assert ("1 upcoming meeting" in read(reverse("programmes"))) == is_coming


@time_machine.travel(NOW, tick=False)
def test_a_page_with_a_query_is_always_rendered() -> None:
    everything()
    assert "1 of 1" not in read(reverse("schedule") + "?q=harbour")
    assert "No meetings match all these filters" in read(reverse("schedule") + "?q=glacier")
    assert "No meetings match all these filters" not in read(reverse("schedule"))


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize(
    ("address", "cookie", "queries"),
    [("/?utm_source=newsletter&fbclid=x", "", 1), ("/", "neverours", 2)],
)
def test_tracking_parameters_and_an_ended_session_identify_nobody(
    address: str, cookie: str, queries: int
) -> None:
    everything()
    read("/")
    client = Client()
    if cookie:
        client.cookies["sessionid"] = cookie
    with CaptureQueriesContext(connection) as asked:
        read(address, client)
    assert len(asked) == queries


@pytest.mark.parametrize("name", ["home", "schedule", "directory"])
@time_machine.travel(NOW, tick=False)
def test_tracking_parameters_of_one_visitor_are_on_no_other_visitors_page(name: str) -> None:
    """The form's hidden query contained a newsletter's recipient id (mc_eid) on the next visitor's page."""
    everything()
    read(reverse(name) + "?mc_eid=f00dfeed&utm_source=letter")
    assert "f00dfeed" not in read(reverse(name))
    assert "f00dfeed" not in read(reverse(name) + "?utm_source=other")


# ---- the cache ------------------------------------------------------------------------------------------


def with_cookie() -> HttpResponse:
    response = HttpResponse("page")
    response.set_cookie("theirs", "1")
    return response


@pytest.mark.parametrize(
    ("answer", "times_made"),
    [
        (lambda: HttpResponse("page"), 1),
        (with_cookie, 2),
        (lambda: HttpResponse("page", headers={"Content-Disposition": "attachment"}), 2),
        (lambda: HttpResponse("page", status=404), 2),
        (lambda: HttpResponse("x" * shared_pages.LARGEST_PAGE), 1),
        (lambda: HttpResponse("x" * (shared_pages.LARGEST_PAGE + 1)), 2),
    ],
)
def test_only_a_plain_page_that_is_not_huge_is_kept(
    answer: Callable[[], HttpResponse], times_made: int
) -> None:
    made = []

    @shared_pages.cached_for_anonymous
    def view(_request: HttpRequest) -> HttpResponse:
        made.append(answer())
        return made[-1]

    with time_machine.travel(NOW, tick=False):
        for _time in range(2):
            shown = view(RequestFactory().get("/somewhere/"))
            assert (shown.status_code, shown.content) == (made[-1].status_code, made[-1].content)
    assert len(made) == times_made


def test_a_process_cache_drops_the_least_recently_used() -> None:
    cache: process_cache.ProcessCache[int] = process_cache.ProcessCache(2)
    for number in (1, 2):
        cache.set(number, number)
    cache.get(1)
    cache.set(3, 3)
    assert [cache.get(number) for number in (1, 2, 3)] == [1, None, 3]


def test_cached_rows_are_read_again_after_a_minute_even_without_triggers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reads: process_cache.CachedRead[str] = process_cache.CachedRead()
    answers = iter(["first", "second"])
    found = []
    for second in (59.0, 118.0, 119.0):  # never twice within a request because a minute ends
        monkeypatch.setattr(process_cache.time, "monotonic", lambda at=second: at)
        found.append(reads.get_or_read("key", lambda: next(answers)))
    assert found == ["first", "first", "second"]


# ---- the triggers ------------------------------------------------------------------------------------------


def test_a_trigger_of_an_earlier_release_is_replaced() -> None:
    before = content_versions.installed()
    name = "content_version_companies_company_update_0000abcd"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"CREATE TRIGGER {name} AFTER UPDATE ON companies_company FOR EACH ROW "
                "EXECUTE FUNCTION content_has_changed(7)"
            )
        else:
            cursor.execute(
                f"CREATE TRIGGER {name} AFTER UPDATE ON companies_company BEGIN SELECT RAISE(ABORT, 'old'); END"
            )
    content_versions.install()
    assert content_versions.installed() == before


def test_a_migration_takes_the_triggers_away_and_puts_them_back() -> None:
    before = content_versions.installed()
    assert len(before) == 3 * len(content_versions.tables())
    content_versions.remove(plan=["a migration"])
    assert not content_versions.installed()
    content_versions.install()
    assert content_versions.installed() == before
    content_versions.remove(plan=[])
    assert content_versions.installed() == before


if connection.vendor == "postgresql":  # SQLite lets one transaction write at a time

    @pytest.mark.django_db(transaction=True)
    def test_two_transactions_that_change_content_do_not_wait_for_each_other() -> None:
        first, second = factories.company(), factories.company()
        version = content_versions.content_version()
        with transaction.atomic():
            Company.objects.filter(pk=first.pk).update(name="First")
            own = content_versions.content_version()
            with closing(connections.create_connection("default")) as other, other.cursor() as cursor:
                cursor.execute("SET lock_timeout = '2s'")
                cursor.execute("UPDATE companies_company SET name = 'Second' WHERE id = %s", [second.pk])
            assert len({version, own, content_versions.content_version()}) == 3


@pytest.mark.django_db(transaction=True)
def test_one_statement_changes_the_version_once_however_many_rows_it_changes() -> None:
    """Each further change of a row in its transaction would be slower to find than the one before."""
    for number in range(3):
        factories.meeting(title={"en": f"Talk {number}"})
    seen = []
    with transaction.atomic():
        for title in ("One", "Two"):
            Meeting.objects.update(title={"en": title})
            seen.append(content_versions.content_version())
    assert len({*seen, content_versions.content_version()}) == 2
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor, transaction.atomic():
            cursor.execute(
                "SELECT sum(n_tup_upd + n_tup_ins) FROM pg_stat_xact_user_tables WHERE relname = %s",
                ["companies_contentversion"],
            )
            before = cursor.fetchone()[0]
            Meeting.objects.update(title={"en": "Three"})
            cursor.execute(
                "SELECT sum(n_tup_upd + n_tup_ins) FROM pg_stat_xact_user_tables WHERE relname = %s",
                ["companies_contentversion"],
            )
            assert cursor.fetchone()[0] - before == 1
