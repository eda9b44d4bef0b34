"""Example frames of the protocol, made from the Pydantic models: what they declare is what the examples show.

A field that declares `examples` shows the first of them; others what their name or type suggests. Of a command only
the fields that it needs are shown, and those with examples.
"""

import types
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import orjson
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from rooms.features import CommandType, registry
from rooms.messages import Event, Hello, PersonRef, Reply, message_name

SEQ = 41
NUMBER = 7  # of a command

# By the name of a field; a value that the field does not allow is passed over.
BY_NAME: dict[str, tuple[Any, ...]] = {
    "admission": ("admitted",),
    "answer": ("The pumps are quiet.",),
    "at": ("2026-12-03T09:05:12.000Z",),
    "candidate": ({"candidate": "candidate:1 1 udp 2122260223 192.0.2.1 54321 typ host"},),
    "choices": ([1],),
    "client_id": ("5f1c2ab09d3e4477",),
    "closes_at": ("2026-12-03T10:30:00.000Z",),
    "company": ("Baltic Heat UAB",),
    "connection": ("k3x9w2",),
    "connections": (["k3x9w2"],),
    "counts": ({"applause": 3},),
    "description": ({"type": "offer", "sdp": "v=0…"},),
    "ends_at": ("2026-12-03T10:00:00.000Z", "2026-12-03T09:10:00.000Z"),
    "edited_at": (None,),
    "hand_raised_at": (None,),
    "id": (SEQ, "q7h2k9d4m1xz"),
    "into": ("c5v8n2b6m4xw",),
    "ice_servers": ([{"urls": ["stun:stun.example.org"]}],),
    "kind": ("single", "meeting"),
    "label": ("Pitch",),
    "language": ("en",),
    "may": (["chat.send", "hand.raise"],),
    "meeting": ("m4k7tq2w9x1c",),
    "missed": ([],),
    "name": ("Rūta Kazlauskaitė",),
    "poll": ("b3n8w5t2k6rd",),
    "query": ("heat pump",),
    "question": ("q7h2k9d4m1xz",),
    "reason": ("Answered before.",),
    "recording": ("r8d2mz5q1v7k", False),
    "reply_to": (None,),
    "retry_after_ms": (3000,),
    "right": (None,),
    "role": ("attendee",),
    "seconds": (300,),
    "started_at": ("2026-12-03T09:00:00.000Z",),
    "starts_at": ("2026-12-03T09:00:00.000Z",),
    "state": ("live",),
    "text": ("Good morning from Gdańsk",),
    "text_id": ("9a04c6e1f27b",),
    "ticket": ("eyJyb29tIjoi…",),
    "title": ("Which source of heat?", {"en": "Heat from the harbour"}),
    "to": (None,),
    "translations": ({}, {"sv": "God morgon från Gdańsk"}),
    "until": ("2026-12-03T10:15:00.000Z",),
    "upload": ("/recordings/uploads/u2k8…/",),
}
ON = {"anonymous", "camera", "complete", "has_upvotes", "is_open", "microphone", "on", "on_stage", "up"}


def command(known: CommandType | type[Hello]) -> dict[str, Any]:
    """A frame that a client sends."""
    shape: type[BaseModel] = known.shape if isinstance(known, CommandType) else known
    values = {name: _of(name, field) for name, field in _needed(shape)}
    frame: dict[str, Any] = {"id": NUMBER, "do": message_name(shape), **values}
    return shape.model_validate(frame).model_dump(mode="json", by_alias=True, exclude_unset=True)


def _needed(shape: type[BaseModel]) -> Iterator[tuple[str, FieldInfo]]:
    for name, field in shape.model_fields.items():
        if name not in {"id", "do"} and (field.is_required() or field.examples):
            yield field.alias or name, field


def reply(known: CommandType) -> dict[str, Any]:
    return {"re": NUMBER, "ok": True, **_dumped(known.reply or Reply)}


def event(shape: type[Event]) -> dict[str, Any]:
    """A frame that the server sends."""
    values = _values(shape)
    made = shape.model_validate(values)
    name = message_name(shape)
    if name in registry.durable:
        number = {made.numbered: SEQ} if made.numbered else {}
        return {"seq": SEQ, "ev": name, **made.payload(), **number}
    dumped = made.model_dump(mode="json", by_alias=True)
    # Features add the fields of these two, and the event's model knows none of them.
    dumped |= {key: value for key, value in values.items() if key in {"snapshot", "own"}}
    return {"ev": name, **{key: value for key, value in dumped.items() if key != "ev"}}


def _dumped(shape: type[BaseModel]) -> dict[str, Any]:
    return shape.model_validate(_values(shape)).model_dump(mode="json", by_alias=True)


def _values(shape: type[BaseModel]) -> dict[str, Any]:
    """Of all fields, those of the features of a snapshot too."""
    return {
        field.alias or name: "p17"
        if name == "id" and issubclass(shape, PersonRef)
        else _of(field.alias or name, field)
        for name, field in shape.model_fields.items()
        if name not in {"do", "ev"}
    }


def _of(name: str, field: FieldInfo) -> Any:
    if field.examples:
        return field.examples[0]
    whole = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
    extra = field.json_schema_extra
    if isinstance(extra, dict) and "x-may-be-absent" in extra and not field.is_required():
        return field.get_default(call_default_factory=True)
    return next(value for value in _candidates(whole, name))


def _is_allowed(annotation: Any, value: Any) -> bool:
    try:
        TypeAdapter(annotation).validate_json(orjson.dumps(value), strict=True)
    except ValidationError:
        return False
    return True


def _by_type(annotation: Any, name: str) -> Iterator[Any]:
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _by_type(get_args(annotation)[0], name)
    elif origin in {Union, types.UnionType}:
        for each in get_args(annotation):
            yield from _by_type(each, name)
    elif origin is Literal:
        yield get_args(annotation)[0]
    elif origin is list:
        inner = get_args(annotation)[0]
        yield next([value] for value in _candidates(inner, name.removesuffix("s")))
        yield []
    elif origin is dict:
        yield {}
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        shape = registry.snapshot_shape if annotation.__name__ == "Snapshot" else annotation
        shape = registry.own_shape if annotation.__name__ == "Own" else shape
        yield _dumped(shape)
    else:
        yield from _simple(annotation, name)


def _candidates(annotation: Any, name: str) -> Iterator[Any]:
    for value in (*BY_NAME.get(name, ()), *_by_number(name), *_by_type(annotation, name)):
        if _is_allowed(annotation, value):
            yield value


def _simple(annotation: Any, name: str) -> Iterator[Any]:
    if annotation is bool:
        yield name in ON
    elif annotation is int:
        yield from (2, 12, 60)
    elif annotation is str:
        yield from ("p17", "Harbour water")
    elif annotation is type(None):
        yield None
    elif annotation is Any:
        yield "…"


def _by_number(name: str) -> Iterator[Any]:
    if name in {"seq", "message", "line", "before"}:
        yield SEQ
