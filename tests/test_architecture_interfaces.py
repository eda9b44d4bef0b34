"""Views and operations parse, call one flow, and respond: checked in the syntax tree."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.product_modules import APPS

ROOT = Path(__file__).parent.parent
# The API framework stores its own tokens and answers.
FRAMEWORK = {"api/auth.py", "api/idempotency.py"}
FORBIDDEN = {
    *("objects", "_default_manager", "select_for_update", "atomic", "set_rollback", "get_object_or_404"),
    *("bulk_create", "bulk_update", "get_or_create", "update_or_create"),
}


def interfaces() -> Iterator[Path]:
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            name = path.relative_to(ROOT / app)
            if {"views", "api"} & {*name.parts[:-1], name.stem} and "models" not in name.parts:
                yield path


def faults(source: str, *, is_api: bool) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute | ast.Name):
            name = node.attr if isinstance(node, ast.Attribute) else node.id
            found += [name] if name in FORBIDDEN else []
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            writes = node.func.attr in {"save", "create"}
            # QuerySet.update takes keyword arguments only, dict.update another dict.
            writes |= node.func.attr == "update" and bool(node.keywords) and not node.args
            found += [node.func.attr] if writes else []
        if isinstance(node, ast.Assign):
            found += ["request.user ="] if "request.user" in map(ast.unparse, node.targets) else []
        if (
            is_api
            and isinstance(node, ast.ImportFrom)
            and re.search(r"^(?!django)\w+\.views\b", node.module or "")
        ):
            found.append(f"from {node.module}")
    return found


@pytest.mark.parametrize("path", sorted(interfaces()), ids=lambda path: str(path.relative_to(ROOT)))
def test_an_interface_fetches_through_access_and_writes_through_flows(path: Path) -> None:
    name = str(path.relative_to(ROOT))
    if name not in FRAMEWORK:
        assert faults(path.read_text(), is_api="api" in {*path.parts, path.stem}) == []


@pytest.mark.parametrize(
    "source",
    [
        "from meetings.models import Meeting\nMeeting.objects.filter(pk=key)",
        "Meeting._default_manager.first()",
        "rows.filter(pk=key).update(state='live')",
        "with transaction.atomic(): ...",
        "form.save()",
        "rows.select_for_update()",
        "request.user = caller(request)",
        "from portal.views import feeds",
    ],
)
def test_what_an_interface_may_not_do_is_found(source: str) -> None:
    assert faults(source, is_api=True)
