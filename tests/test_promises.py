"""No control without a function: what an operator can set, a program can ask for and people can choose is used by code.

These tests find a control that nothing reads. That it does what it says, the tests of its own part show.
"""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import global_settings
from django.db import models
from django.db.models.enums import Choices

from api.scopes import SCOPES
from tests.product_modules import APPS
from webinar_service.api import api
from webinar_service.environment import Environment

ROOT = Path(__file__).parent.parent
# Settings of libraries, by what their names begin with.
OF_LIBRARIES = (
    *("ACCOUNT_", "CELERY_", "CONTENT_SECURITY_", "DJANGO_", "MFA_", "WHITENOISE_"),
    *("ASGI_APPLICATION", "INSTALLED_APPS", "ROOT_URLCONF"),
)
BY_UVICORN = {"FORWARDED_ALLOW_IPS"}  # itself, from the environment
FOR_CHECKS = {"CONTACT_EMAIL_IS_SET", "INBOUND_EMAIL_ADDRESS_IS_SET", "SECRET_KEY_IS_GENERATED"}
# What people choose to sort and find by, and to look at; nothing else depends on which one it is.
CATEGORIES = {"Country", "Size", "meetings.Meeting.Kind", "meetings.Programme.Kind"}
IN_STYLES = {"ColorTheme"}


def product_files() -> list[Path]:
    folders = [ROOT / app for app in APPS]
    return [path for folder in folders for path in folder.rglob("*.py") if "migrations" not in path.parts]


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@cache
def attributes(*, without: tuple[str, ...] = ()) -> frozenset[tuple[str, str]]:
    """Pairs of the last two names of each `a.b.c` in the product: ("b", "c")."""
    found = set()
    for path in product_files():
        nodes = ast.walk(parsed(path)) if path.name not in without else ()
        for node in nodes:
            if isinstance(node, ast.Attribute):
                owner = node.value
                name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
                found.add((name, node.attr))
    return frozenset(found)


@cache
def names_used() -> frozenset[str]:
    """Attributes and keyword arguments (also of lookups, `name__in`) where a flow or a page reads them."""
    used = {attribute for _owner, attribute in attributes(without=("forms.py", "admin.py"))}
    for path in product_files():
        if path.name not in {"forms.py", "admin.py"}:
            calls = (node for node in ast.walk(parsed(path)) if isinstance(node, ast.Call))
            used |= {keyword.arg.split("__")[0] for call in calls for keyword in call.keywords if keyword.arg}
    return frozenset(used)


@cache
def literals() -> set[str]:
    """Texts in code, without those of the classes of choices themselves, and what templates compare with."""
    found: set[str] = set()
    for path in product_files():
        declared = {
            id(within)
            for node in ast.walk(parsed(path))
            if isinstance(node, ast.ClassDef) and any("Choices" in ast.unparse(base) for base in node.bases)
            for within in ast.walk(node)
        }
        found |= {
            node.value
            for node in ast.walk(parsed(path))
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in declared
        }
    for page in (ROOT / "templates").rglob("*.html"):
        found |= set(re.findall(r'{%[^%]*?[=!]= "(\w+)"', page.read_text()))
    return found


# ---- what the operator sets ----------------------------------------------------------------------------------


def settings_module() -> ast.Module:
    return parsed(ROOT / "webinar_service" / "settings.py")


def test_every_environment_variable_is_read() -> None:
    read = {attribute for owner, attribute in attributes() if owner in {"env", "environment", "values"}}
    assert set(Environment.model_fields) - read == BY_UVICORN


def test_every_setting_of_our_own_is_used() -> None:
    targets = [node.targets for node in settings_module().body if isinstance(node, ast.Assign)]
    assigned = {target.id for each in targets for target in each if isinstance(target, ast.Name)}
    own = {
        name
        for name in assigned
        if not hasattr(global_settings, name) and not name.startswith((*OF_LIBRARIES, "_"))
    }
    within = [node.id for node in ast.walk(settings_module()) if isinstance(node, ast.Name)]
    used = {attribute for owner, attribute in attributes(without=("checks.py",)) if owner == "settings"}
    composed = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))
    unused = {name for name in own - used - composed if within.count(name) < 2}
    assert unused == FOR_CHECKS


# ---- what a program asks for -----------------------------------------------------------------------------------


def test_every_scope_opens_an_operation() -> None:
    asked = {
        security.scope
        for _prefix, router in api._routers
        for path in router.path_operations.values()
        for operation in path.operations
        for security in operation.auth_callbacks
        if hasattr(security, "scope")
    }
    assert asked == set(SCOPES)


# ---- what people choose ------------------------------------------------------------------------------------------


def choices() -> list[type[Choices]]:
    found: set[type[Choices]] = set()
    waiting: list[type[Choices]] = [models.TextChoices]
    while waiting:
        each = waiting.pop()
        waiting.extend(each.__subclasses__())
        if each.__module__.split(".")[0] in APPS:
            found.add(each)
    return sorted(found, key=lambda each: (each.__module__, each.__qualname__))


def is_category(each: type[Choices]) -> bool:
    return (
        each.__qualname__ in CATEGORIES
        or f"{each.__module__.split('.')[0]}.{each.__qualname__}" in CATEGORIES
    )


@pytest.mark.parametrize(
    "each",
    [each for each in choices() if not is_category(each) and each.__qualname__ not in IN_STYLES],
    ids=lambda each: each.__qualname__,
)
def test_something_depends_on_every_choice(each: type[Choices]) -> None:
    """Every member is named in code outside its class, or its value compared with in code or on a page."""
    used = {attribute for _owner, attribute in attributes()} | literals()
    assert not [
        member
        for member, value in zip(each.__members__, each.values, strict=True)
        if not {member, value} & used
    ]


def test_every_colour_theme_has_its_colours() -> None:
    styles = "".join(path.read_text() for path in (ROOT / "frontend" / "styles").glob("*.css"))
    for each in choices():
        if each.__qualname__ in IN_STYLES:
            assert not [value for value in each.values if not re.search(rf"[.\"'-]{value}\b", styles)]


def switches() -> list[models.Field]:  # type: ignore[type-arg]
    return [
        field
        for model in apps.get_models()
        if model.__module__.split(".")[0] in APPS
        for field in model._meta.local_fields
        if isinstance(field, models.BooleanField)
    ]


@pytest.mark.parametrize("switch", switches(), ids=str)
def test_something_depends_on_every_switch(switch: models.Field) -> None:  # type: ignore[type-arg]
    assert switch.name in names_used()
