"""The live protocol as a page of Markdown, made from messages.py so that the two cannot differ."""

import inspect
import json
import textwrap
from typing import Any, get_args

from pydantic import BaseModel

from meetings.live import messages
from meetings.live.limits import Limits
from meetings.live.rights import RULES

CODES = {
    messages.CLOSE_BAD_FRAMES: "More than ten frames that are not JSON objects of the protocol.",
    messages.CLOSE_NO_ENTRY: "No `hello` within ten seconds, or more than ten other frames before it; "
    "the ticket is forged, too old, used or for another room; the seat, the role, the account or the API token that "
    "gave entry has ended.",
    messages.CLOSE_SIGNED_OUT: "The person has been signed out, here or everywhere.",
    messages.CLOSE_REMOVED: "A host has turned this person away, for good.",
    messages.CLOSE_TOO_FAST: "Too many commands for too long.",
    messages.CLOSE_GOING_AWAY: "The server stops. Its last frame says after how many milliseconds to come back.",
    1009: "A frame so large that it was not read.",
    1013: "The client has not read for so long that 4 MiB wait. It may come back and ask `since`.",
}
SHAPES: tuple[type[BaseModel], ...] = (
    messages.Someone,
    messages.Present,
    messages.You,
    messages.Message,
    messages.RoomState,
    messages.Snapshot,
)


def commands() -> list[type[BaseModel]]:
    return list(get_args(get_args(messages.AnyCommand)[0]))


def page() -> str:
    parts = [
        "# The live room's protocol",
        "<!-- Written by `manage.py write_live_protocol` from meetings/live/messages.py: change it there. -->",
        textwrap.dedent(inspect.getdoc(messages) or ""),
        _INTRODUCTION,
        "## Commands",
        _section(messages.Hello),
        *(_section(command) for command in commands()),
        "## Events that are kept",
        "They carry `seq`, without gaps within a room. Whoever missed some asks `since`.",
        *(_section(event) for event in messages.DURABLE),
        "## Passing events",
        "They carry no `seq`. A slow connection may miss some; it is told by `resync`.",
        *(_section(event) for event in messages.EPHEMERAL),
        "## Shapes",
        *(_section(shape) for shape in SHAPES),
        "## Why a command may be refused",
        _table(["`error`", "means"], [[f"`{code}`", words] for code, words in messages.ERRORS.items()]),
        "## Why a socket is closed",
        _table(["code", "means"], [[str(code), words] for code, words in sorted(CODES.items())]),
        "## How fast",
        _limits(),
    ]
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"


_INTRODUCTION = """
## Entering

1. `POST /rooms/{id}/ticket/` (a page) or `POST /api/v1/rooms/{id}/tickets` (a program) gives
   `{"ticket", "url", "expires_in"}`. The ticket is good for 60 seconds and for one connection, and ends with the
   sign-in or the API key it was got with.
2. Open the socket at `url` and send `hello` with the ticket within ten seconds.
3. The answer is `welcome`. Who waits in the lobby, or for the start of a webinar, gets no snapshot and no event
   of the room, but `meeting.*`; once admitted, `admitted` brings what `welcome` held back.
4. From then on every event comes to everybody, the sender too, in the order of its number. The room keeps them;
   after a break, `hello` with `since` brings what was missed.

What attendees of a webinar are shown begins with its start: what was said in practice stays there.
"""


def _section(shape: type[BaseModel]) -> str:
    title = _name(shape)
    rule = RULES.get(title.strip("`"))
    who = "" if rule is None else f"\n\nWho: {_who(rule.level, waiting=rule.to_waiting)}."
    rows = [[f"`{name}`", _type(field), _default(field)] for name, field in _fields(shape)]
    table = "\n\n" + _table(["field", "type", "if absent"], rows) if rows else ""
    return f"### {title}\n\n{inspect.getdoc(shape) or ''}{who}{table}"


def _name(shape: type[BaseModel]) -> str:
    for key in ("do", "ev"):
        field = shape.model_fields.get(key)
        if field is not None:
            return f"`{get_args(field.annotation)[0]}`"
    return shape.__name__


def _who(level: int, *, waiting: bool) -> str:
    if waiting:
        return "everybody, also while waiting"
    return {4: "hosts and co-hosts", 3: "speakers and hosts"}.get(level, "everybody who is in")


def _fields(shape: type[BaseModel]) -> list[tuple[str, Any]]:
    schema = shape.model_json_schema(by_alias=True, mode="serialization")
    required = schema.get("required", [])
    return [
        (name, {**field, "required": name in required})
        for name, field in schema.get("properties", {}).items()
        if name not in {"do", "ev"}
    ]


def _type(field: dict[str, Any]) -> str:
    if "anyOf" in field:
        return " or ".join(_type(each) for each in field["anyOf"])
    if "$ref" in field:
        return str(field["$ref"]).rsplit("/", 1)[-1]
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    if field.get("type") == "array":
        return f"list of {_type(field.get('items', {}))}"
    bounds = [f"{words} {field[key]}" for key, words in _BOUNDS.items() if key in field]
    return " ".join([str(field.get("type", "anything")), *([f"({', '.join(bounds)})"] if bounds else [])])


_BOUNDS = {
    "minLength": "characters ≥",
    "maxLength": "characters ≤",
    "minimum": "≥",
    "maximum": "≤",
}


def _default(field: dict[str, Any]) -> str:
    if field["required"] and "default" not in field:
        return ""
    return f"`{json.dumps(field['default'])}`" if "default" in field else "may be absent"


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _limits() -> str:
    limits = Limits()
    rows = [
        ["all commands together", limits.everything],
        ["`chat.send`, `hand.*`", limits.spoken],
        ["`since`, `chat.list`", limits.read],
        ["`reaction.send`", limits.reactions],
        ["refusals before the socket is closed with 4429", limits.patience],
    ]
    shown = [[str(name), f"{bucket.burst:g}", f"{bucket.rate:g}"] for name, bucket in rows]  # type: ignore[attr-defined]
    return _table(["per connection", "at once", "then, a second"], shown)
