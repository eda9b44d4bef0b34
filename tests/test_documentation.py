"""What the documentation names is there: links, headings, make targets, management commands, settings, files."""

import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
INDEX = ROOT / "docs" / "README.md"

FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
MAKE = re.compile(r"(?:`|^)make ([a-z]+)", re.MULTILINE)
COMMAND = re.compile(r"manage\.py ([a-z_]+)")
# With at least one folder: `models.py` alone may be any app's.
PATH = re.compile(r"`((?:[\w.-]+/)+[\w.-]*)`")
EXAMPLE = "/typing/"  # a feature that is made up to show how one is added
FILES = (".py", ".ts", ".md", ".html", ".css", ".toml")
SETTING = re.compile(r"`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)=?[^`]*`")


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def prose(page: Path) -> str:
    """Without blocks of code, in which brackets and backticks mean something else."""
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


# The other one names constants of the code.
@pytest.mark.parametrize("page", [page for page in PAGES if page.name != "CONTRIBUTING.md"], ids=short)
def test_settings_are_explained_to_operators(page: Path) -> None:
    explained = set(re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert set(SETTING.findall(prose(page))) <= explained


@pytest.mark.parametrize("page", PAGES, ids=short)
def test_files_and_folders_are_there(page: Path) -> None:
    missing = [name for name in PATH.findall(prose(page)) if is_ours(name) and not is_there(name)]
    assert missing == []


def is_ours(name: str) -> bool:
    """Neither an address of the service, a folder that is only there once it runs, nor an example."""
    return EXAMPLE not in name and (name.endswith(FILES) or f"{name.partition('/')[0]}/" in tracked())


def is_there(name: str) -> bool:
    """From the root of the project, or from within one app."""
    return name in tracked() or any(file.endswith(f"/{name}") for file in tracked())
