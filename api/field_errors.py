"""Validation errors by field, in the reader's language."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext as in_django_words

Item = Mapping[str, Any]


def by_field(items: Sequence[Item]) -> dict[str, list[str]]:
    """Names fields as the client sent them: `payload.title` instead of the framework's `body.payload.title`."""
    found: dict[str, list[str]] = {}
    for item in items:
        place = [str(part) for part in item.get("loc", ()) if part not in {"body", "query", "path", "header"}]
        field = ".".join(place[1:] if place[:1] in (["payload"], ["asked"]) else place) or "body"
        found.setdefault(field, []).append(message_of(item))
    return found


def message_of(item: Item) -> str:
    """Our own or Django's translated message; rare errors keep pydantic's."""
    kind, ctx = str(item.get("type", "")), item.get("ctx") or {}
    if kind in PLAIN:
        return in_django_words(PLAIN[kind])
    if kind in LIMITS:
        name, words = LIMITS[kind]
        return in_django_words(words) % {"limit_value": ctx.get(name)}
    if kind in SPECIAL:
        return SPECIAL[kind](ctx)
    return str(item.get("msg", "")).removeprefix("Value error, ")


# Django translates these; they are not gettext literals here, so they stay out of our own catalogues.
PLAIN = {
    "missing": "This field is required.",
    "string_type": "Enter a valid value.",
    "string_pattern_mismatch": "Enter a valid value.",
    "dict_type": "Enter a valid value.",
    "model_type": "Enter a valid value.",
    "model_attributes_type": "Enter a valid value.",
    "bool_type": "Enter a valid value.",
    "bool_parsing": "Enter a valid value.",
    "list_type": "Enter a list of values.",
    "int_type": "Enter a whole number.",
    "int_parsing": "Enter a whole number.",
    "int_from_float": "Enter a whole number.",
    "int_parsing_size": "Enter a whole number.",
    "float_type": "Enter a number.",
    "float_parsing": "Enter a number.",
    "finite_number": "Enter a number.",
}
LIMITS = {
    "greater_than_equal": ("ge", "Ensure this value is greater than or equal to %(limit_value)s."),
    "less_than_equal": ("le", "Ensure this value is less than or equal to %(limit_value)s."),
}


def one_of(ctx: Item) -> str:
    choices = str(ctx.get("expected", "")).replace(" or ", ", ")
    return _("Choose one of these: %(choices)s.") % {"choices": choices}


def too_long(ctx: Item) -> str:
    most = int(ctx.get("max_length") or 0)
    return _("Use at most %(number)d characters.") % {"number": most}


def too_short(ctx: Item) -> str:
    return in_django_words("This field is required.")


def too_many(ctx: Item) -> str:
    return _("Use at most %(number)d items.") % {"number": int(ctx.get("max_length") or 0)}


def stays(_ctx: Item) -> str:
    return _("This cannot be changed.")


def no_such_field(_ctx: Item) -> str:
    return _("This field does not exist.")


def no_day(_ctx: Item) -> str:
    return _("Enter a date without a time, like 2030-01-10.")


def no_moment(_ctx: Item) -> str:
    return _("Enter a date and time with a UTC offset, like 2030-01-10T10:00:00Z.")


SPECIAL: dict[str, Callable[[Item], str]] = {
    "none_required": stays,
    "extra_forbidden": no_such_field,
    "literal_error": one_of,
    "enum": one_of,
    "string_too_long": too_long,
    "string_too_short": too_short,
    "too_long": too_many,
    "too_short": too_short,
    "date_type": no_day,
    "date_parsing": no_day,
    "date_from_datetime_parsing": no_day,
    "datetime_type": no_moment,
    "datetime_parsing": no_moment,
    "datetime_from_date_parsing": no_moment,
    "datetime_object_invalid": no_moment,
    "timezone_aware": no_moment,
}
