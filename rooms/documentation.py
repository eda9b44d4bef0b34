"""docs/live-protocol.md, generated from the registered features."""

import inspect
import json
from collections.abc import Iterable, Iterator
from typing import Any, get_args

from pydantic import BaseModel

from rooms import examples, messages
from rooms.features import CommandType, Feature, registry
from rooms.limits import REFUSAL_LIMIT, TOTAL_LIMIT, RateLimit
from rooms.messages import message_name
from rooms.policy import Level
from rooms.rights import Rule

CODES = {
    messages.CLOSE_BAD_FRAMES: "More than ten frames that are not JSON objects of the protocol.",
    messages.CLOSE_NO_ENTRY: "No `hello` within ten seconds, or more than ten other frames before it; "
    "the ticket is forged, too old, used or for another room; the registration, role, account or API token has ended.",
    messages.CLOSE_SIGNED_OUT: "The person has been signed out, here or everywhere.",
    messages.CLOSE_REMOVED: "A host has denied or removed this person, for good.",
    messages.CLOSE_BREAKOUT_OVER: "The breakout rooms have been closed: everybody goes on in the main room.",
    messages.CLOSE_LOCKED: "A host has locked the room: nobody new gets in.",
    messages.CLOSE_TOO_FAST: "Too many commands for too long.",
    messages.CLOSE_GOING_AWAY: "The server is shutting down. Its last frame is `going_away`. Reconnect.",
    1006: "Never sent: the connection was cut, because 4 MiB are unread or on the way. Reconnect with `since`.",
    1009: "A frame so large that it was not read.",
}
WIDTH = 120


def commands() -> list[type[messages.Command]]:
    return [each.shape for each in registry.commands.values()]


def durable_events() -> list[type[messages.Event]]:
    return [each.shape for each in registry.durable.values()]


def ephemeral_events() -> list[type[messages.Event]]:
    return list(registry.ephemeral.values())


def shapes() -> list[type[BaseModel]]:
    """The models inside events, commands and replies, by name, and the snapshot; features add to it and to `Own`."""
    found: dict[str, type[BaseModel]] = {}
    sent = (known.shape for known in registry.commands.values())
    replies = (known.reply for known in registry.commands.values() if known.reply is not None)
    for shape in (*durable_events(), *ephemeral_events(), *sent, *replies):
        for inner in _inside(shape):
            found[inner.__name__] = inner
    del found[messages.Snapshot.__name__]
    found[messages.Own.__name__] = registry.own_shape
    for combined in (registry.snapshot_shape, registry.own_shape):
        found |= {inner.__name__: inner for inner in _inside(combined)}
    return [*(found[name] for name in sorted(found)), registry.snapshot_shape]


def _inside(shape: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for field in shape.model_fields.values():
        for inner in _models_of(field.annotation):
            yield from _inside(inner)
            yield inner


def _models_of(annotation: Any) -> Iterator[type[BaseModel]]:
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        yield annotation
    for each in get_args(annotation):
        yield from _models_of(each)


def page() -> str:
    parts = [
        "# The live room's protocol",
        "<!-- Written by `manage.py write_live_protocol` from the registered features: change it there. -->",
        _FRAMES,
        _INTRODUCTION,
        "## Features",
        _table(
            ["feature", "purpose", "commands", "events"],
            [[each.name, each.documentation, *_messages_of(each)] for each in registry.features.values()],
        ),
        "## Commands",
        _section(messages.Hello),
        *(_section(command) for command in commands()),
        "## Durable events",
        "They are kept and carry `seq`, without gaps within a room. A client that missed some sends `since`.",
        *(_section(event) for event in durable_events()),
        "## Ephemeral events",
        "They are not kept and carry no `seq`. A slow connection may miss some; it gets `resync`.",
        *(_section(event) for event in ephemeral_events()),
        "## Shapes",
        *(_section(shape) for shape in shapes()),
        "## Error codes",
        _table(["`error`", "means"], [[f"`{code}`", words] for code, words in messages.ERRORS.items()]),
        "## Close codes",
        _table(["code", "means"], [[str(code), words] for code, words in sorted(CODES.items())]),
        "## Rate limits",
        _limits(),
    ]
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"


_FRAMES = """
All commands and events of a room's WebSocket. Frames are JSON text, at most 64 KiB. A client sends
`{"id": 7, "do": "chat.send", …}` and gets `{"re": 7, "ok": true, …}` or
`{"re": 7, "error": "code", "detail": "…"}`. Events are `{"seq": 41, "ev": "…", …}`; only durable ones carry `seq`.
A frame may also be a JSON array of several events. Times are RFC 3339 in UTC; people are
`{"id", "name", "company", "role"}`.
"""

_INTRODUCTION = """
## Joining

1. `POST /rooms/{id}/ticket/` (a page) or `POST /api/v1/rooms/{id}/tickets` (a program) gives
   `{"ticket", "url", "expires_in"}`. The ticket is valid for 60 seconds and one connection, and ends with the session
   or API token that it was issued for.
2. Open the socket at `url` and send `hello` with the ticket within ten seconds.
3. The reply is `welcome`. People in the waiting room (`lobby`), or before the start of a webinar, get no snapshot and
   no events but `meeting.*` and the planned `agenda`; `admitted` brings the snapshot.
4. From then on everybody, the sender too, gets every durable event in the order of its number. After a break,
   `hello` with `since` brings the missed ones.

Attendees of a webinar get nothing from before its start: the practice session stays private.
"""


def _messages_of(feature: Feature) -> tuple[str, str]:
    names = [each.name for each in feature.durable] + [message_name(each) for each in feature.ephemeral]
    return _codes(each.name for each in feature.commands), _codes(names)


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _section(shape: type[BaseModel]) -> str:
    named = {"do", "ev"} & shape.model_fields.keys()
    title = f"`{message_name(shape)}`" if named else shape.__name__
    command = registry.commands.get(message_name(shape)) if named else None
    who = f"\n\nWho: {_who(command.rule)}." if command is not None and command.shape is shape else ""
    rows = [[f"`{name}`", _type(field), _default(field)] for name, field in _fields(shape)]
    table = "\n\n" + _table(["field", "type", "if absent"], rows) if rows else ""
    shown = _replied(command) + _example(shape) if named else ""
    return f"### {title}\n\n{inspect.getdoc(shape) or ''}{who}{table}{shown}"


def _replied(command: CommandType | None) -> str:
    """What the reply carries besides `re` and `ok`."""
    if command is None or command.reply is None:
        return ""
    rows = [[f"`{name}`", _type(field)] for name, field in _fields(command.reply)]
    return f"\n\nReply: {inspect.getdoc(command.reply)}\n\n" + _table(["field of the reply", "type"], rows)


def _example(shape: type[BaseModel]) -> str:
    if issubclass(shape, messages.Event):
        frames = [examples.event(shape)]
    elif shape is messages.Hello:
        frames = [examples.command(shape)]
    else:
        known = registry.commands[message_name(shape)]
        frames = [examples.command(known), examples.reply(known)]
    return "\n\nExample:\n\n```json\n" + "\n".join(map(_frame, frames)) + "\n```"


def _frame(frame: dict[str, Any]) -> str:
    """On one line, or where that is long, a line for each field."""
    line = json.dumps(frame, ensure_ascii=False)
    if len(line) <= WIDTH:
        return line
    fields = [
        f"  {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in frame.items()
    ]
    return "{\n" + ",\n".join(fields) + "\n}"


def _who(rule: Rule) -> str:
    if rule.open_to_waiting:
        return "everybody, also in the waiting room"
    words = {
        Level.HOST: "hosts and co-hosts",
        Level.SPEAK: "speakers and hosts",
        Level.READ: "everybody who is admitted, readers of a project room too",
    }
    return words.get(rule.level, "everybody who is admitted")


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
    names_by_limit: dict[RateLimit, list[str]] = {}
    for name, command in registry.commands.items():
        if command.limit is not None:
            names_by_limit.setdefault(command.limit, []).append(name)
    rows = [
        ("all commands together", TOTAL_LIMIT),
        *((_codes(names), limit) for limit, names in names_by_limit.items()),
        ("`too_fast` errors before the connection is closed with 4429", REFUSAL_LIMIT),
    ]
    shown = [[name, f"{limit.burst:g}", f"{limit.rate:g}"] for name, limit in rows]
    return _table(["per connection", "at once", "then, a second"], shown)
