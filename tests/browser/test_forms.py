"""What goes wrong with a form is said in the form; what was typed stays, and the form can be sent again."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import PHONE, Watch, make_person, sign_in
from tests.browser.test_main_job import schedule
from tests.stack import Stack

Visitor = Callable[..., Page]
TEMPLATES = Path(__file__).resolve().parents[2] / "templates"

REGISTER = "templates/parts/registration_form.html"
FILTERS = "templates/portal/schedule.html"
ISLANDS = (REGISTER, FILTERS)
# Asks for notes beside its date, without which it works.
SCHEDULING = "templates/meetings/hosting/form.html"


@pytest.fixture(scope="module")
def meeting(stack: Stack) -> str:
    made = stack.python(
        "from datetime import timedelta\nfrom django.utils import timezone\nfrom tests import factories\n"
        "print(factories.meeting(starts_at=timezone.now() + timedelta(days=3)).get_absolute_url())"
    )
    return made.splitlines()[-1]


def test_every_island_is_tried_here_and_names_the_part_that_it_asks_for() -> None:
    holding = {
        str(path.relative_to(TEMPLATES.parent)): path.read_text()
        for path in TEMPLATES.rglob("*.html")
        if re.search(r"\bhx-(get|post|put|patch|delete)=", path.read_text())
    }
    assert sorted(holding) == sorted((*ISLANDS, SCHEDULING))
    for text in holding.values():
        for tag in re.findall(r"<[^>]*\bhx-(?:get|post|put|patch|delete)=[^>]*>", text):
            assert "hx-target=" in tag
            assert "hx-select=" in tag


@pytest.fixture(params=ISLANDS, ids=["register", "filters"])
def island(request: pytest.FixtureRequest, visitor: Visitor, meeting: str, watch: Watch) -> "Island":
    watch.expected = ("Failed to load resource", "net::ERR", "Response Status Error Code", "htmx:")
    page = visitor(PHONE)
    if request.param == REGISTER:
        page.goto(f"{meeting}register/")
        page.locator("#register [name=name]").fill("Astrid Lindström")
        page.locator("#register [name=email]").fill("astrid@example.org")
        return Island(page, "#register form", "**/register/", {"name": "Astrid Lindström"})
    page.goto("/schedule/")
    page.locator("form[data-live-filters] [name=q]").fill("heat")
    return Island(page, "form[data-live-filters]", "**/schedule/?*", {"q": "heat"})


class Island:
    def __init__(self, page: Page, form: str, asks: str, typed: dict[str, str]) -> None:
        self.page, self.form, self.asks, self.typed = page, page.locator(form), asks, typed

    def send(self) -> None:
        self.form.locator("button[type=submit]").first.click()

    def shows(self, problem: str, words: str) -> None:
        notice = self.form.locator("[data-problem]")
        expect(notice).to_have_count(1)
        expect(notice).to_have_attribute("data-problem", problem)
        expect(notice).to_have_attribute("role", "alert")
        expect(notice).to_contain_text(words)
        expect(notice).to_be_focused()
        expect(notice).to_be_in_viewport()
        for name, value in self.typed.items():
            expect(self.form.locator(f"[name={name}]")).to_have_value(value)
        expect(self.form.locator("button[type=submit]").first).to_be_enabled()

    def works_again(self) -> None:
        """The same form, sent once more when the fault is gone."""
        before = self.page.url
        self.send()
        expect(self.page.locator("[data-problem]")).to_have_count(0)
        if "register" in before:
            expect(self.page.locator("#register form")).to_have_count(0)
        else:
            self.page.wait_for_url(re.compile("q=heat"))


@pytest.mark.parametrize(
    ("status", "headers", "problem", "words"),
    [
        (403, {}, "forbidden", "not allowed"),
        (404, {}, "gone", "no longer exists"),
        (413, {}, "tooLarge", "too large"),
        (429, {"Retry-After": "20"}, "busy", "try again in 20 s"),
        (429, {}, "busy", "in a few minutes"),
        (500, {}, "broken", "on our side"),
        (502, {}, "broken", "on our side"),
        (503, {"Retry-After": "120"}, "busy", "try again in 2 min"),
        (504, {}, "broken", "on our side"),
        (507, {}, "diskFull", "too little disk space"),
    ],
)
def test_an_answer_that_is_no_part_of_the_page_is_said_in_the_form(
    island: Island, status: int, headers: dict[str, str], problem: str, words: str
) -> None:
    """As a proxy in front of the product answers, with a page of its own."""
    body = "<html><body><h1>A proxy's own page</h1></body></html>"
    island.page.route(
        island.asks,
        lambda route: route.fulfill(status=status, headers=headers, content_type="text/html", body=body),
    )
    island.send()
    island.shows(problem, words)
    island.page.unroute(island.asks)
    island.works_again()


def test_after_registering_the_focus_is_on_the_heading_that_confirms_it(
    stack: Stack, visitor: Visitor, meeting: str
) -> None:
    make_person(stack, "focus@example.org", "Focus Member")
    guest, member = visitor(PHONE), visitor()
    sign_in(stack, member, "focus@example.org")
    for page, words in ((guest, "Check your email"), (member, "You’re registered")):
        page.goto(f"{meeting}register/")
        if page is guest:
            page.locator("#register [name=name]").fill("Astrid Lindström")
            page.locator("#register [name=email]").fill("focus-guest@example.org")
        page.locator("#register form button[type=submit]").first.press("Enter")
        heading = page.get_by_role("heading", level=1, name=words)
        expect(heading).to_be_focused()
        expect(heading).to_be_in_viewport()


PROBLEMS = ("offline", "unreachable", "timeout", "signedOut", "expired", "forbidden", "gone", "tooLarge")
PROBLEMS += ("diskFull", "busy", "broken")


@pytest.mark.parametrize("language", ["en", "sv", "pl", "de", "da", "lt"])
def test_the_longest_words_about_a_problem_stand_in_view_in_each_language(
    visitor: Visitor, meeting: str, watch: Watch, language: str
) -> None:
    watch.expected = ("Failed to load resource", "Response Status Error Code", "htmx:")
    page = visitor({"width": 320, "height": 640}, language=language)
    page.goto(f"{meeting}register/")
    words: dict[str, str] = page.evaluate("({...document.querySelector('#form-problem').dataset})")
    assert set(PROBLEMS) < set(words)
    assert all(words.values())
    longest = max((words[name] for name in PROBLEMS), key=len)
    # Whatever went wrong may be said in the longest words there are.
    page.evaluate("words => { document.querySelector('#form-problem').dataset.broken = words }", longest)
    page.locator("#register [name=name]").fill("Astrid Lindström")
    page.locator("#register [name=email]").fill("astrid@example.org")
    page.route("**/register/", lambda route: route.fulfill(status=500, content_type="text/html", body="-"))
    page.locator("#register button[type=submit]").first.click()
    notice = page.locator("#register [data-problem]")
    expect(notice).to_contain_text(longest)
    expect(notice).to_be_focused()
    expect(notice).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("status", [413, 503, 507])
@pytest.mark.parametrize("language", ["en", "sv", "pl", "de", "da", "lt"])
def test_a_page_without_the_database_says_what_happened_in_view_in_each_language(
    visitor: Visitor, meeting: str, watch: Watch, stack: Stack, language: str, status: int
) -> None:
    watch.expected = ("Failed to load resource",)
    made = stack.python(
        "from webinar_service.web import refusals\n"
        f"print(refusals._page({status}, {language!r}, has_files=True).decode())"
    )
    page = visitor({"width": 320, "height": 640}, language=language)
    page.route(
        f"**{meeting}", lambda route: route.fulfill(status=status, content_type="text/html", body=made)
    )
    page.goto(meeting)
    for part in ("h1", "h1 + p", "main a.button--primary"):
        expect(page.locator(part).first).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.lang") == language
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_network_that_is_gone_is_said_in_the_form(island: Island) -> None:
    island.page.context.set_offline(True)
    island.send()
    island.shows("offline", "You are offline")
    island.page.context.set_offline(False)
    island.works_again()


def test_a_connection_that_breaks_is_said_in_the_form(island: Island) -> None:
    def break_off(route: Route) -> None:
        route.abort("connectionreset")

    island.page.route(island.asks, break_off)
    island.send()
    island.shows("unreachable", "connection failed")
    island.page.unroute(island.asks)
    island.works_again()


def test_an_answer_that_does_not_come_is_said_in_the_form(island: Island) -> None:
    island.page.evaluate(
        "document.querySelector('form').closest('body').addEventListener('htmx:configRequest',"
        " (event) => { event.detail.timeout = 400 })"
    )
    island.page.route(island.asks, lambda route: None)
    island.send()
    island.shows("timeout", "took too long to answer")
    island.page.unroute_all(behavior="ignoreErrors")
    island.works_again()


def test_cookies_that_were_deleted_are_mended_and_said(visitor: Visitor, meeting: str, watch: Watch) -> None:
    watch.expected = ("Failed to load resource", "Response Status Error Code")
    page = visitor(PHONE)
    page.goto(f"{meeting}register/")
    page.locator("#register [name=name]").fill("Jonas Cookie")
    page.locator("#register [name=email]").fill("jonas-cookie@example.org")
    page.context.clear_cookies()
    page.locator("#register form button[type=submit]").click()
    expect(page.locator("#register [role=alert]")).to_contain_text("send the form again")
    expect(page.locator("#register [name=name]")).to_have_value("Jonas Cookie")
    page.locator("#register form button[type=submit]").click()
    expect(page.locator("#register form")).to_have_count(0)


def test_a_draft_outlives_a_reload_and_is_gone_once_it_has_arrived(visitor: Visitor, meeting: str) -> None:
    page = visitor(PHONE)
    page.goto(f"{meeting}register/")
    page.locator("#register [name=name]").fill("Greta Draft")
    page.reload()
    expect(page.locator("#register [name=name]")).to_have_value("Greta Draft")
    expect(page.locator("#register [data-draft]")).to_contain_text("has been restored")
    page.locator("#register [name=email]").fill("greta-draft@example.org")
    page.locator("#register form > button[type=submit]").click()
    expect(page.locator("#register form")).to_have_count(0)
    assert page.evaluate("Object.keys(sessionStorage).filter((name) => name.startsWith('draft'))") == []


@pytest.fixture(scope="module")
def asking(stack: Stack) -> str:
    """A meeting with a question of each kind; its last line is the address."""
    made = stack.python(
        "from datetime import timedelta\nfrom django.utils import timezone\nfrom tests import factories\n"
        "made = factories.meeting(starts_at=timezone.now() + timedelta(days=3))\n"
        "for kind in ('choice', 'several', 'consent'): factories.question(made, kind, key=kind, is_required=True)\n"
        "print(made.get_absolute_url())"
    )
    return made.splitlines()[-1]


@pytest.mark.parametrize("is_signed_in", [False, True])
def test_answers_that_were_only_ticked_are_kept_as_a_draft(
    stack: Stack, visitor: Visitor, asking: str, is_signed_in: bool
) -> None:
    page = visitor(PHONE)
    if is_signed_in:
        make_person(stack, "ticks@example.org", "Tilda Ticks", company="Ticks")
        sign_in(stack, page, "ticks@example.org")
    page.goto(f"{asking}register/")
    page.locator("#register [name=answer_choice][value=peas]").check()
    page.locator("#register [name=answer_several][value=fish]").check()
    page.locator("#register [name=answer_consent]").check()
    page.goto("/schedule/")
    page.goto(f"{asking}register/")
    expect(page.locator("#register [data-draft]")).to_contain_text("has been restored")
    for name, ticked in (("choice", ["peas"]), ("several", ["fish"]), ("consent", ["on"])):
        boxes = page.locator(f"#register [name=answer_{name}]:checked")
        assert [box.get_attribute("value") or "on" for box in boxes.all()] == ticked
    if not is_signed_in:
        page.locator("#register [name=name]").fill("Tilda Ticks")
        page.locator("#register [name=email]").fill("ticks-guest@example.org")
    page.locator("#register form > button[type=submit]").click()
    expect(page.locator("#register form")).to_have_count(0)
    assert page.evaluate("Object.keys(sessionStorage).filter((name) => name.startsWith('draft'))") == []


def test_a_draft_can_be_discarded(visitor: Visitor, meeting: str) -> None:
    page = visitor(PHONE)
    page.goto(f"{meeting}register/")
    page.locator("#register [name=name]").fill("Not This")
    page.reload()
    page.locator("[data-draft] button").click()
    expect(page.locator("#register [name=name]")).to_have_value("")
    page.reload()
    expect(page.locator("[data-draft]")).to_have_count(0)


@pytest.fixture
def host(stack: Stack, visitor: Visitor, request: pytest.FixtureRequest) -> Page:
    address = f"host-{abs(hash(request.node.name)) % 10**8}@example.org"
    make_person(stack, address, "Host Draft", company=f"Draft {address}")
    page = visitor()
    sign_in(stack, page, address)
    page.host_address = address  # type: ignore[attr-defined]
    return page


def fill_long_form(page: Page) -> str:
    meeting = schedule(page, "A long form")
    page.goto(f"/meetings/{meeting}/edit/")
    page.locator("[name=title_en]").fill("Heat pumps for harbours, and much more")
    page.locator("[name=description_en]").fill("A long text.\n\nIn two paragraphs.")
    return meeting


def save(page: Page) -> None:
    """Once to see whom it will be told, once to do it."""
    page.locator("button[name=do][value=save]").click()
    page.get_by_role("button", name=re.compile("^Save")).click()
    page.wait_for_url(re.compile(r"/host/|/meetings/[a-z0-9]+/$"))


def test_a_session_that_ended_in_the_long_form_is_picked_up_after_signing_in(
    stack: Stack, host: Page, watch: Watch
) -> None:
    watch.expected = ("Failed to load resource",)
    meeting = fill_long_form(host)
    host.context.clear_cookies(name="sessionid")
    host.locator("button[name=do][value=save]").click()
    expect(host.locator("main [data-draft]")).to_contain_text("What you typed is kept")
    address = host.host_address  # type: ignore[attr-defined]
    sign_in(stack, host, address)
    host.goto(f"/meetings/{meeting}/edit/")
    expect(host.locator("[name=title_en]")).to_have_value("Heat pumps for harbours, and much more")
    expect(host.locator("[name=description_en]")).to_have_value("A long text.\n\nIn two paragraphs.")
    expect(host.locator("form [data-draft]")).to_contain_text("has been restored")
    save(host)
    assert host.evaluate("Object.keys(sessionStorage).filter((name) => name.startsWith('draft'))") == []


def test_a_long_form_that_is_too_large_is_kept(host: Page, watch: Watch) -> None:
    """Who is signed out may send less: the answer comes before a view, without a session."""
    watch.expected = ("Failed to load resource",)
    meeting = fill_long_form(host)
    # Not by typing, which ends at the field's maxlength.
    host.locator("[name=description_en]").evaluate(
        "field => (field.value = 'Long. '.repeat(60_000), field.dispatchEvent(new Event('input', {bubbles: true})))"
    )
    signed_in = [cookie for cookie in host.context.cookies() if cookie["name"] == "sessionid"]
    host.context.clear_cookies(name="sessionid")
    host.locator("button[name=do][value=save]").click()
    expect(host.locator("h1")).to_have_text("This is too large")
    expect(host.locator("main [data-draft]")).to_contain_text("What you typed is kept")
    host.context.add_cookies(signed_in)  # type: ignore[arg-type]
    host.locator("main [data-draft] a").click()
    expect(host).to_have_url(re.compile(f"/meetings/{meeting}/edit/$"))
    expect(host.locator("[name=title_en]")).to_have_value("Heat pumps for harbours, and much more")
    expect(host.locator("form [data-draft]")).to_contain_text("has been restored")


def test_a_long_form_sent_offline_stays_where_it_is(host: Page) -> None:
    fill_long_form(host)
    host.context.set_offline(True)
    host.locator("button[name=do][value=save]").click()
    expect(host.locator("[data-problem=offline]")).to_be_focused()
    expect(host.locator("[name=title_en]")).to_have_value("Heat pumps for harbours, and much more")
    host.context.set_offline(False)
    expect(host.locator("[data-problem=offline]")).to_have_count(0)
    save(host)


def test_a_draft_is_not_shown_to_somebody_else_who_signs_in(stack: Stack, host: Page, watch: Watch) -> None:
    watch.expected = ("Failed to load resource",)
    meeting = fill_long_form(host)
    host.context.clear_cookies(name="sessionid")
    make_person(stack, "somebody-else@example.org", "Somebody Else")
    stack.python(
        "from companies.models import Person\nfrom meetings.models import Meeting, MeetingRole\n"
        "other = Person.objects.get(email='somebody-else@example.org')\n"
        f"MeetingRole.objects.create(meeting=Meeting.objects.get(pk={meeting!r}), person=other, role='co_host')"
    )
    sign_in(stack, host, "somebody-else@example.org")
    host.goto(f"/meetings/{meeting}/edit/")
    expect(host.locator("[name=title_en]")).to_have_value("A long form")
    expect(host.locator("[data-draft]")).to_have_count(0)


def test_leaving_a_long_form_asks_first(host: Page) -> None:
    fill_long_form(host)
    asked: list[str] = []
    host.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    host.goto("/schedule/")
    assert asked == ["beforeunload"]
