"""The examples on the protocol's page: each message has one, and it is a frame as clients and servers send it."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from pydantic import BaseModel, ValidationError

from rooms.documentation import commands, durable_events, ephemeral_events
from rooms.features import registry
from rooms.messages import Event, Hello, Reply, message_name

PAGE = settings.BASE_DIR / "docs" / "live-protocol.md"
SECTION = re.compile(r"^### `(?P<name>[a-z_.]+)`$(?P<text>.*?)(?=^##)", re.MULTILINE | re.DOTALL)
EXAMPLE = re.compile(r"^```json$(?P<frames>.*?)^```$", re.MULTILINE | re.DOTALL)


def frames_in(text: str) -> Iterator[Any]:
    decoder, text = json.JSONDecoder(), text.strip()
    while text:
        frame, end = decoder.raw_decode(text)
        yield frame
        text = text[end:].strip()


def examples() -> dict[str, list[Any]]:
    return {
        section["name"]: [
            frame for example in EXAMPLE.finditer(section["text"]) for frame in frames_in(example["frames"])
        ]
        for section in SECTION.finditer(PAGE.read_text(encoding="utf-8"))
    }


SHOWN = examples()


@pytest.mark.parametrize("shape", commands(), ids=message_name)
def test_a_command_has_an_example_with_its_reply(shape: type[BaseModel]) -> None:
    name = message_name(shape)
    frame, reply = SHOWN[name]
    assert shape.model_validate_json(json.dumps(frame)).model_dump(by_alias=True, exclude_unset=True) == frame
    assert (reply.pop("re"), reply.pop("ok")) == (frame["id"], True)
    declared = registry.commands[name].reply or Reply
    assert declared.model_validate_json(json.dumps(reply)).model_dump(mode="json", by_alias=True) == reply


def test_hello_has_an_example() -> None:
    (frame,) = SHOWN["hello"]
    assert Hello.model_validate_json(json.dumps(frame)).ticket


@pytest.mark.parametrize("shape", [*durable_events(), *ephemeral_events()], ids=message_name)
def test_an_event_has_an_example_as_it_is_sent(shape: type[Event]) -> None:
    name = message_name(shape)
    (frame,) = SHOWN[name]
    assert ("seq" in frame) is (name in registry.durable or "seq" in shape.model_fields)
    assert frame.pop("ev") == name
    if name in registry.durable:
        assert frame.pop("seq") == 41
    for part, declared in (("snapshot", registry.snapshot_shape), ("own", registry.own_shape)):
        if part in shape.model_fields:
            checked = declared.model_validate_json(json.dumps(frame[part]))
            assert checked.model_dump(mode="json", by_alias=True) == frame[part]
            frame[part] = {}
    made = shape.model_validate_json(json.dumps(frame))
    assert {"ev": name, **frame} == made.model_dump(mode="json", by_alias=True)


def test_an_example_that_is_no_such_frame_is_found() -> None:
    frame, _reply = SHOWN["chat.send"]
    with pytest.raises(ValidationError):
        registry.commands["chat.send"].shape.model_validate_json(json.dumps(frame | {"txt": "x"}))
    with pytest.raises(ValidationError):
        (registry.commands["chat.send"].reply or Reply).model_validate({"massage": 41})
