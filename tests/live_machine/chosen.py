"""Commands with fields chosen at random, for every command that is registered: from its model, and from what exists."""

import types
from collections import defaultdict
from random import Random
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from rooms import examples
from rooms.features import CommandType, registry

# They need a browser or a media server, write files, or end what is to go on.
LEFT_OUT = {
    "signal.send",
    "media.token",
    "recording.start",
    "recording.stop",
    "recording.skip",
    "meeting.start",
    "meeting.end",
    "meeting.hand_over",
}
REFERENCES = {"message", "line", "question", "poll", "item", "resource"}
TEXTS = ("Heat", "Åsa 🔥", "e\u0301\u200b!", "<b>no markup</b>", "x" * 300, " ", "=1+1")
CONTENTS = [  # of agenda items
    {"title": {"en": "Heat"}, "minutes": 5},
    {"title": {"en": "Cold", "sv": "Kyla"}, "minutes": 30, "speaker": "Rūta"},
    {"title": {"xx": "no language"}, "minutes": 5},
]
URLS = ["https://heat.example.org/map", "värme.example", "http://heat.example.org"]
NUMBERS = (0, 1, 2, 3, 5, 10, 60, 300)
HOW_OFTEN = {
    "people.appoint": 0.2,
    "lobby.deny": 0.05,
    "stage.remove": 0.2,
    "lobby.set": 0.4,
    "room.lock": 0.4,
}

Pool = dict[str, list[Any]]  # what was seen, by the name of the field that refers to it


def new_pool() -> Pool:
    return defaultdict(list, content=list(CONTENTS), url=list(URLS))


def command(random: Random, pool: Pool, may: set[str]) -> tuple[str, dict[str, Any]]:
    """Mostly one that its sender may send, about something that exists."""
    allowed = may if random.random() < 0.9 else set(registry.commands)
    by_feature = {
        feature.name: [each for each in feature.commands if each.name in allowed and _is_possible(each, pool)]
        for feature in registry.features.values()
    }
    weights = [min(len(each), 5) for each in by_feature.values()]
    known = random.choice(random.choices(list(by_feature.values()), weights)[0])
    fields = _fields(known, random, pool)
    if random.random() > _how_often(known, fields):
        return command(random, pool, may)
    return known.name, fields


def _how_often(known: CommandType, fields: dict[str, Any]) -> float:
    """What is refused by its form is tried seldom, what only reads not often."""
    try:
        known.shape.model_validate({"do": known.name, **fields})
    except ValidationError:
        return 0.03
    reads = known.name.endswith((".list", ".search")) or known.name in {"ping", "since"}
    return HOW_OFTEN.get(known.name, 0.15 if reads else 1.0)


def _is_possible(known: CommandType, pool: Pool) -> bool:
    refers_to = REFERENCES & {name for name, field in known.shape.model_fields.items() if field.is_required()}
    return known.name not in LEFT_OUT and all(pool[name] for name in refers_to)


def _fields(known: CommandType, random: Random, pool: Pool) -> dict[str, Any]:
    fields = {key: value for key, value in examples.command(known).items() if key not in {"id", "do"}}
    for name, field in known.shape.model_fields.items():
        if name in {"id", "do"}:
            continue
        if not field.is_required() and random.random() < 0.5:
            fields.pop(name, None)
        else:
            fields[name] = _value(name, field, random, pool, fields.get(name))
    return fields


def _value(name: str, field: FieldInfo, random: Random, pool: Pool, otherwise: Any) -> Any:
    if pool[name] and random.random() < 0.95:
        return random.choice(pool[name])
    return _of_type(field.annotation, random, otherwise)


def _of_type(annotation: Any, random: Random, otherwise: Any) -> Any:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _of_type(get_args(annotation)[0], random, otherwise)
    if origin in {Union, types.UnionType}:
        kinds = [each for each in get_args(annotation) if each is not type(None)]
        return None if random.random() < 0.1 else _of_type(random.choice(kinds), random, otherwise)
    if origin is Literal:
        return random.choice(get_args(annotation))
    if annotation is bool:
        return random.random() < 0.5
    if annotation is int:
        return otherwise if otherwise is not None and random.random() < 0.5 else random.choice(NUMBERS)
    if annotation is str:
        is_text = otherwise is None or " " in str(otherwise)  # others have a form of their own
        return random.choice(TEXTS) if is_text and random.random() < 0.7 else otherwise
    return None if annotation is type(None) else otherwise


def learn(pool: Pool, event: dict[str, Any]) -> None:
    """What later commands may refer to."""
    kind, of = event["ev"].partition(".")[::2]
    number = event.get("seq")
    if event["ev"] == "chat.message":
        for name in ("message", "before", "reply_to"):
            pool[name].append(number)
    elif event["ev"] == "rtt.committed":
        pool["line"].append(number)
    elif event["ev"] == "question.asked":
        pool["question"].append(event["id"])
        pool["into"].append(event["id"])
    elif event["ev"] == "agenda.changed":
        pool["item"] = [item["id"] for item in event["items"]]
        pool["after"] = pool["item"][:1]
    elif event["ev"] == "resource.shared":
        pool["resource"].append(event["resource"]["id"])
    elif kind == "poll" and of in {"prepared", "opened"}:
        poll = event.get("poll") or event
        pool["poll"].append(poll["id"])
        pool["choices"].append([option["id"] for option in poll["options"][:1]])
