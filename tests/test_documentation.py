"""Documentation names only what exists: links, headings, commands, settings, files, URLs, messages, Python names."""

import inspect
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from django.core.management import get_commands
from django.urls import Resolver404, resolve

from rooms.features import registry
from tests.product_modules import APPS, import_all

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
INDEX = ROOT / "docs" / "README.md"

FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
MAKE = re.compile(r"(?:`|^)make ([a-z]+)", re.MULTILINE)
COMMAND = re.compile(r"manage\.py ([a-z_]+)")
# A file's name without a folder may be that of any app.
PATH = re.compile(r"`((?:[\w.-]+/)+[\w.-]*|[\w-]+\.(?:py|ts|html))`")
URL = re.compile(r"`(?:(?:GET|POST|PUT|PATCH|DELETE) )?(/[\w{}./-]*)(?:\?[^`]*)?`")
DOTTED = re.compile(r"`([A-Za-z_]\w*(?:\.\w+)+)(?:\([^`]*\))?`")
EXAMPLE = "/typing/"  # a feature that is made up to show how one is added
# The example of CONTRIBUTING.md, the prefix of the API, and a folder of the machine.
OTHER_URLS = {"/meetings/{id}/speakers/", "/api/v1", "/tmp"}
FILES = (".py", ".ts", ".md", ".html", ".css", ".toml")
SETTING = re.compile(r"`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)=?[^`]*`")


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def prose(page: Path) -> str:
    """Without code blocks, in which brackets and backticks have another meaning."""
    return FENCE.sub("", page.read_text())


@cache
def anchors(page: Path) -> frozenset[str]:
    """As GitHub makes them of headings."""
    found = (
        re.sub(r"[`*_]|\[|\]\([^)]*\)", "", heading).strip().lower()
        for heading in HEADING.findall(prose(page))
    )
    return frozenset(re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in found)


@cache
def tracked() -> frozenset[str]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    folders = {f"{parent}/" for name in listed for parent in Path(name).parents}
    return frozenset({*listed, *folders})


def links(page: Path) -> Iterator[str]:
    return (target for target in LINK.findall(prose(page)) if not re.match(r"[a-z]+:", target))


@pytest.mark.parametrize("page", PAGES, ids=short)
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for target in links(page):
        name, _hash, anchor = unquote(target).partition("#")
        other = (page.parent / name).resolve() if name else page
        if not other.exists() or (anchor and other.suffix == ".md" and anchor not in anchors(other)):
            broken.append(target)
    assert broken == []


def test_every_page_is_in_the_index() -> None:
    listed = {(INDEX.parent / target.partition("#")[0]).resolve() for target in links(INDEX)}
    pages = {page for page in PAGES if page.parent == INDEX.parent} - {INDEX}
    assert pages <= listed


@pytest.mark.parametrize("page", PAGES, ids=short)
def test_commands_are_there(page: Path) -> None:
    text = page.read_text()
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(MAKE.findall(text)) <= targets
    assert set(COMMAND.findall(text)) <= set(get_commands())


FOR_DEVELOPERS = {"CONTRIBUTING.md", "live-features.md"}  # name constants of the code


@pytest.mark.parametrize("page", [page for page in PAGES if page.name not in FOR_DEVELOPERS], ids=short)
def test_settings_are_explained_to_operators(page: Path) -> None:
    explained = set(re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert set(SETTING.findall(prose(page))) <= explained


@pytest.mark.parametrize("page", PAGES, ids=short)
def test_files_and_folders_are_there(page: Path) -> None:
    missing = [name for name in PATH.findall(prose(page)) if is_ours(name) and not is_there(name)]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=short)
def test_urls_are_there(page: Path) -> None:
    assert [url for url in URL.findall(prose(page)) if url not in OTHER_URLS and not is_url(url)] == []


@pytest.mark.parametrize("page", PAGES, ids=short)
def test_live_messages_and_python_names_are_there(page: Path) -> None:
    assert [
        name for name in DOTTED.findall(prose(page)) if not name.endswith(FILES) and is_unknown(name)
    ] == []


def is_url(url: str) -> bool:
    """As written, or below /api/v1."""
    for sample in ("abc", "1"):
        filled = re.sub(r"{\w+}", sample, url)
        for path in (filled, f"/api/v1{filled}", f"{filled}/"):
            try:
                if resolve(path).url_name:  # the API's answer to unknown URLs has none
                    return True
            except Resolver404:
                pass
    return False


@cache
def live_messages() -> frozenset[str]:
    return frozenset({*registry.commands, *registry.durable, *registry.ephemeral})


@cache
def classes() -> dict[str, list[type]]:
    import_all()
    found: dict[str, list[type]] = {}
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in APPS:
            for value in vars(module).values():
                if isinstance(value, type) and value.__module__ == name:
                    found.setdefault(value.__name__, []).append(value)
    return found


ROOM = "room"  # begins messages (room.lock), and is the room session in code for developers


def is_unknown(name: str) -> bool:
    """Only names that begin with a live feature, an app or a class of ours are checked."""
    first, _dot, rest = name.partition(".")
    if first == ROOM:
        return False
    if first in {message.partition(".")[0] for message in live_messages()}:
        return name not in live_messages() and not is_attribute(name)
    if first in APPS:
        return not is_attribute(name)
    return first in classes() and not any(has(owner, rest) for owner in classes()[first])


def is_attribute(name: str) -> bool:
    """A module, or an attribute of one."""
    try:
        return bool(pkgutil.resolve_name(name))
    except (ImportError, AttributeError):
        return False


def has(owner: Any, path: str) -> bool:
    first, _dot, rest = path.partition(".")
    if not rest:
        return hasattr(owner, first) or first in inspect.get_annotations(owner)
    return has(getattr(owner, first, None), rest)


def is_ours(name: str) -> bool:
    """Neither a URL of the service, a folder that is only there once it runs, nor an example."""
    return EXAMPLE not in name and (name.endswith(FILES) or f"{name.partition('/')[0]}/" in tracked())


def is_there(name: str) -> bool:
    """From the root of the project, or from within one app."""
    return name in tracked() or any(file.endswith(f"/{name}") for file in tracked())
