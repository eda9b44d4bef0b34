"""Every page, on a phone and a laptop, light and dark: nothing serious for axe, nothing wider than the screen."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import LAPTOP, PHONE, Watch, sign_in
from tests.stack import Stack

AXE = Path(__file__).parent.parent.parent / "node_modules" / "axe-core" / "axe.min.js"
Visitor = Callable[..., Page]

# Of libraries, and so in no row of the permission matrix: who sees it, and its answer.
PAGES_OF_LIBRARIES = (
    ("anonymous", "/account/login/", 200),
    ("anonymous", "/account/signup/", 200),
    ("anonymous", "/no-such-page/", 404),
    ("host", "/account/2fa/", 200),
    ("host", "/account/email/", 200),
)


@pytest.fixture(scope="package")
def pages_of_things(stack: Stack) -> tuple[str, ...]:
    """A meeting, one that is over, its programme, its company and a recording."""
    made = stack.python(
        "from tests import factories as f\n"
        "firm = f.company(name='Havslund Energi AB')\n"
        "host = f.person(email='pages@example.org', name='Elin Sandberg', company=firm, is_company_admin=True)\n"
        "m = f.meeting(host=host, host_company=firm, capacity=20, programme=f.programme())\n"
        "f.registration(meeting=m)\n"
        "ended = f.meeting(host=host, state='ended')\n"
        "film = f.recording(meeting=ended)\n"
        "print(m.get_absolute_url(), ended.get_absolute_url(), m.programme.get_absolute_url(),"
        " firm.get_absolute_url(), film.get_absolute_url())"
    )
    return tuple(made.splitlines()[-1].split())


def faults_now(page: Page, path: str) -> list[str]:
    """On the page as it stands, into which axe has been loaded."""
    found = []
    wide, screen = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    if wide > screen:
        found.append(f"{path}: {wide} px wide on a screen of {screen}")
    for violation in page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]:
        places = "; ".join(node["html"][:160] for node in violation["nodes"][:3])
        found.append(f"{path}: {violation['id']}, {violation['help']}: {places}")
    return found


# ---- the pages of the permission matrix ------------------------------------------------------------------

# Each page as the first of these who may open it: an address, and what their browser is known by.
PAGES_OF_THE_MATRIX = """
import json
from urllib.parse import urlsplit
from django.conf import settings
from django.urls import reverse
from tests import matrix, world
host = urlsplit(settings.SITE_URL).netloc
here, seen, visits = world.build(), set(), []
for role in ("anonymous", "guest", "member", "host", "secretariat", "stranger", "speaker"):
    client = here.client(role)
    key = client.cookies[settings.SESSION_COOKIE_NAME].value if client.cookies else ""
    for row in matrix.PAGES:
        if row.method != "GET" or row.answers[world.ROLES.index(role)] != 200:
            continue
        path = reverse(row.name, kwargs=row.arguments(here))
        if path in seen:
            continue
        answer = client.get(path, headers={"host": host})
        # What stands in a page only once it is asked for there is no page.
        if answer["Content-Type"].startswith("text/html") and answer.content.lstrip().startswith(b"<!doctype"):
            seen.add(path)
            visits.append([role, key, path])
print(json.dumps(visits))
"""

# The colours of the other theme come in a transition, however short.
SETTLED = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
  .then(() => Promise.all(document.getAnimations().map((one) => one.finished.catch(() => undefined))))"""


def test_every_page_of_the_matrix_has_no_fault(stack: Stack, visitor: Visitor, watch: Watch) -> None:
    """Light on a phone, dark on a laptop."""
    watch.expected = ("404",)  # the slides have no files here
    of_the_matrix = json.loads(stack.python(PAGES_OF_THE_MATRIX).splitlines()[-1])
    assert len({path for _role, _key, path in of_the_matrix}) > 140
    keys = {role: key for role, key, _path in of_the_matrix}
    visits = [(role, path, 200) for role, _key, path in of_the_matrix]
    pages: dict[str, Page] = {}
    faults = []
    for role, path, status in [*visits, *PAGES_OF_LIBRARIES]:
        if role not in pages:
            pages[role] = visitor(PHONE)
            if keys[role]:
                session = {"name": "sessionid", "value": keys[role], "url": stack.url}
                pages[role].context.add_cookies([session])  # type: ignore[list-item]
        page = pages[role]
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        answer = page.goto(path)
        assert answer is not None
        assert (answer.status, page.url) == (status, stack.url + path), role
        page.evaluate(AXE.read_text())
        faults += [f"{role}, light, {fault}" for fault in faults_now(page, path)]
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        page.set_viewport_size(LAPTOP)  # type: ignore[arg-type]
        page.evaluate(SETTLED)
        faults += [f"{role}, dark, {fault}" for fault in faults_now(page, path)]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("language", ["sv", "pl", "de", "da", "lt"])
def test_the_first_pages_hold_together_in_every_language(
    visitor: Visitor, pages_of_things: tuple[str, ...], language: str
) -> None:
    page = visitor({"width": 320, "height": 700}, language=language)
    for path in ("/", "/schedule/", "/companies/", "/account/login/", *pages_of_things[:2]):
        page.goto(path)
        assert page.evaluate("document.documentElement.lang") == language
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path


def test_the_menu_has_one_line_and_every_section(
    stack: Stack, visitor: Visitor, pages_of_things: tuple[str, ...]
) -> None:
    page = visitor(LAPTOP)
    sign_in(stack, page, "pages@example.org")
    sections = ("schedule", "recordings", "programmes", "companies", "project-rooms", "news")
    for language in ("en", "sv", "pl", "de", "da", "lt"):
        page.context.add_cookies([{"name": "django_language", "value": language, "url": stack.url}])
        for width in (390, 820, 1248, 1440):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto("/schedule/")  # the section that one is in stands out, and is wider for it
            assert page.evaluate("document.documentElement.lang") == language
            assert page.evaluate("document.querySelector('.site-header').offsetHeight") <= 72, (
                language,
                width,
            )
            menu = page.locator("details.narrow-only > summary")
            if menu.is_visible():
                menu.click()
            for section in sections:
                link = page.locator(f".site-header nav a[href='/{section}/']:visible")
                assert link.count() == 1, (language, width, section)


def test_a_first_visit_is_light(visitor: Visitor, pages_of_things: tuple[str, ...], watch: Watch) -> None:
    """Under 100 KB as sent, without pictures and films, for a browser that was never here before."""
    watch.expected = ("404",)  # the recording has no file here
    meeting, _over, _programme, firm, film = pages_of_things
    sizes = {path: weight_of(visitor(), path) for path in ("/", "/schedule/", meeting, firm, film)}
    assert all(30_000 < size < 100_000 for size in sizes.values()), sizes


def weight_of(page: Page, path: str) -> int:
    sent: list[int] = []

    def weigh(request: Any) -> None:
        if request.resource_type not in {"image", "media"}:
            sent.append(request.sizes()["responseBodySize"])

    page.on("requestfinished", weigh)
    page.goto(path)
    page.wait_for_load_state("networkidle")
    return sum(sent)
