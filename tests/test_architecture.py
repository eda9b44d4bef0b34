"""Architecture rules that no linter knows."""

import ast
import re
from pathlib import Path

import pytest

from tests.product_modules import APPS

ROOT = Path(__file__).parent.parent
SOURCES = sorted(
    path
    for app in APPS
    for path in (ROOT / app).rglob("*.py")
    if "migrations" not in path.parts and path.read_text().strip()
)
PAGES = sorted(path for path in (ROOT / "templates").rglob("*.html"))
MAILS = {ROOT / "templates" / "notifications" / name for name in ("email.html", "paragraph.html")}


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SOURCES, ids=short)
def test_a_sentence_heads_every_module(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text()))


def test_no_module_is_named_for_what_it_is_not() -> None:
    vague = {"services", "utils", "common", "core", "helpers", "misc", "manager", "managers"}
    assert not [short(path) for path in SOURCES if path.stem in vague or path.parent.name in vague]


@pytest.mark.parametrize("path", PAGES, ids=short)
def test_a_page_has_no_script_or_style_of_its_own(path: Path) -> None:
    """The content security policy would block it. Emails need their styles inline."""
    source = re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", path.read_text(), flags=re.S)
    if "<script" in source:
        scripts = re.findall(r"<script\b([^>]*)>", source)
        assert all("src=" in script or 'type="application/json"' in script for script in scripts)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", source)
    if path not in MAILS:
        assert "<style" not in source
        assert not re.search(r"\sstyle\s*=", source)


def test_raw_colours_stand_in_the_tokens_alone() -> None:
    colour = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(")
    styles = ROOT / "frontend" / "styles"
    found = {
        path.name: [
            line.strip()
            for line in path.read_text().splitlines()
            if colour.search(re.sub(r"/\*.*?\*/", "", line))
        ]
        for path in styles.glob("*.css")
        if path.name != "tokens.css"
    }
    assert {name: lines for name, lines in found.items() if lines} == {
        "base.css": ["&::backdrop { background: rgb(4 14 18 / 0.5); }"]
    }


def test_signals_are_received_only_to_write_the_outbox() -> None:
    """A receiver elsewhere would act inside somebody else's transaction."""
    connecting = {
        short(path): set(re.findall(r"@receiver\((\w+)", path.read_text()))
        for path in SOURCES
        if re.search(r"\.connect\(|@receiver\(", path.read_text()) and path.name != "celery.py"
    }
    assert (
        connecting
        == {
            "companies/apps.py": set(),  # signals of the schema and the connection, not of rows
            "companies/receivers.py": {"email_changed", "email_confirmed"},  # allauth's
            "rooms/receivers.py": {"signals"},  # those of companies
            "notifications/apps.py": set(),  # the table below
            "portal/apps.py": set(),
            "projects/virus_scanner.py": set(),  # a socket
            "portal/receivers.py": set(),  # closes the open poll and breakout rooms of a meeting that ends
            "notifications/receivers.py": set(),  # a table of signals and plans: tests/notifications/test_receivers.py
        }
    )


def test_rooms_are_told_of_a_lost_right_only_after_the_commit() -> None:
    tree = ast.parse((ROOT / "rooms/receivers.py").read_text())
    receivers = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.decorator_list]
    assert receivers
    for each in receivers:
        source = ast.unparse(each)
        assert source.count("transaction.on_commit(partial(") == 1, each.name
        assert not re.search(r"\bbus\.\w+\(", source), each.name


def test_attendance_is_computed_in_one_place() -> None:
    """Outside the room engine others may ask who is there now, but only the attendance report who was."""
    engine = ("rooms/", "rooms/media_rights.py", "meetings/models/")
    reads = re.compile(r"\bPresence\.objects\b(?!\.present\(\)|\.bulk_create\()|\.presences\b")
    found = {short(path) for path in SOURCES if reads.search(path.read_text())}
    assert {path for path in found if not path.startswith(engine)} == {"attendance/report.py"}


def test_every_import_of_a_model_for_a_person_goes_through_access() -> None:
    """A view that fetched by primary key itself could forget the check."""
    fetching = re.compile(
        r"\b(?:Meeting|Room|Recording|Registration|Programme|Series)\.objects\.(?:get|all)\(|get_object_or_404"
    )
    doors = [path for path in SOURCES if "views" in path.parts or path.stem == "views" or "api" in path.parts]
    assert not [short(path) for path in doors if fetching.search(path.read_text())]
