"""frontend/src/room/protocol.generated.ts, generated from the registered features."""

import inspect
import json
from typing import Any

from pydantic import BaseModel

from rooms import messages
from rooms.documentation import commands, durable_events, ephemeral_events, shapes
from rooms.messages import message_name

HEAD = """// Written by `manage.py write_live_protocol` from the registered live features: change it there.
"""
REPLY = """export interface Reply {
  re: number;
  ok?: boolean;
  error?: ErrorCode;
  detail?: string;
  [more: string]: unknown;
}
"""
CLOSE = {
    "badFrames": messages.CLOSE_BAD_FRAMES,
    "noEntry": messages.CLOSE_NO_ENTRY,
    "signedOut": messages.CLOSE_SIGNED_OUT,
    "removed": messages.CLOSE_REMOVED,
    "breakoutOver": messages.CLOSE_BREAKOUT_OVER,
    "locked": messages.CLOSE_LOCKED,
    "tooFast": messages.CLOSE_TOO_FAST,
}


def source() -> str:
    parts = [
        HEAD,
        *(_interface(shape, _event_fields(shape)) for shape in shapes()),
        *(
            _interface(event, {"ev": _name(event), "seq": "number", **_event_fields(event)})
            for event in durable_events()
        ),
        *(_interface(event, {"ev": _name(event), **_event_fields(event)}) for event in ephemeral_events()),
        _union("DurableEvent", durable_events()),
        _union("EphemeralEvent", ephemeral_events()),
        "export type RoomEvent = DurableEvent | EphemeralEvent;\n",
        *(_interface(command, {"do": _name(command), **_command_fields(command)}) for command in commands()),
        _union("Command", commands()),
        "export type ErrorCode = " + " | ".join(map(json.dumps, messages.ERRORS)) + ";\n",
        REPLY,
        _close_codes(),
    ]
    return "\n".join(parts)


def _close_codes() -> str:
    codes = ", ".join(f"{name}: {code}" for name, code in CLOSE.items())
    return (
        "/** Close codes that mean: do not reconnect. With any other the client may. */\n"
        f"export const CLOSE = {{ {codes} }} as const;\n"
    )


def _name(message: type[BaseModel]) -> str:
    return json.dumps(message_name(message))


def _union(name: str, members: list[Any]) -> str:
    return f"export type {name} =\n" + "\n".join(f"  | {each.__name__}" for each in members) + ";\n"


def _interface(shape: type[BaseModel], fields: dict[str, str]) -> str:
    summary = (inspect.getdoc(shape) or "").split("\n\n")[0].replace("\n", " ")
    lines = "".join(f"  {name}: {kind};\n" for name, kind in fields.items())
    return f"/** {summary} */\nexport interface {shape.__name__} {{\n{lines}}}\n"


def _event_fields(shape: type[BaseModel]) -> dict[str, str]:
    """The server sends every field, except those marked MAY_BE_ABSENT."""
    found = shape.model_json_schema(by_alias=True, mode="serialization").get("properties", {})
    return {
        f"{name}?" if "x-may-be-absent" in field else name: _type(field)
        for name, field in found.items()
        if name != "ev"
    }


def _command_fields(shape: type[BaseModel]) -> dict[str, str]:
    """Fields with a default are optional; the socket adds the `id`."""
    schema = shape.model_json_schema(by_alias=True)
    required = schema.get("required", [])
    return {
        name if name in required else f"{name}?": _type(field)
        for name, field in schema["properties"].items()
        if name not in {"do", "id"}
    }


SIMPLE = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}


def _type(field: dict[str, Any]) -> str:
    """The TypeScript type of a field's JSON Schema. Raises KeyError for a schema type not supported yet."""
    if "x-typescript" in field:
        return str(field["x-typescript"])
    if "$ref" in field:
        return str(field["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in field:
        return " | ".join(_type(each) for each in field["anyOf"])
    if "enum" in field:
        return " | ".join(json.dumps(value) for value in field["enum"])
    return _container(field) or SIMPLE[field["type"]]


def _container(field: dict[str, Any]) -> str:
    if field["type"] == "array":
        inner = _type(field["items"])
        return f"({inner})[]" if " " in inner else f"{inner}[]"
    if field["type"] == "object":
        return f"Record<string, {_type(field['additionalProperties'])}>"
    return ""
