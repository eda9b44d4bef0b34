"""What a client knows of a room: from a snapshot and the events after it, as the browser's reducers do."""

from collections.abc import Callable
from typing import Any

from engagement.realtime_text.drafts import edited
from engagement.realtime_text.messages import Edit

Event = dict[str, Any]
Known = dict[str, Any]
HOSTS = {"host", "co_host"}


def from_snapshot(event: Event) -> Known:
    """Of `welcome` or `admitted`."""
    snapshot, own = event["snapshot"], event["own"]
    people = {each["id"]: each for each in [*snapshot["hands"], *snapshot["stage"]]}
    return {
        "is_host": event["you"]["role"] in HOSTS,
        "messages": {each["id"]: each["text"] for each in [*snapshot["messages"], *own["own_messages"]]},
        "reactions": {each["id"]: each["reactions"] for each in snapshot["messages"] if "reactions" in each},
        "pinned": {each["id"] for each in snapshot["pinned"]},
        "chat": snapshot["chat"],
        "timer": snapshot["timer"],
        "spotlight": snapshot["spotlight"],
        "stage_order": snapshot["stage_order"],
        "stage": {each for each, info in people.items() if info["on_stage"]},
        "hands": {each for each, info in people.items() if info["hand_raised_at"]},
        "lines": {each["id"]: each["text"] for each in snapshot["text_lines"]},
        "typed": {
            (each["person"]["id"], each["text_id"]): (each["version"], each["text"])
            for each in snapshot["being_typed"]
        },
        "questions": {each["id"]: dict(each) for each in snapshot["questions"]},
        "question_settings": snapshot["question_settings"],
        "polls": {each["id"]: dict(each) for each in snapshot["polls"]},
        "agenda": [dict(each) for each in snapshot["agenda"]],
        "resources": {each["id"]: each for each in snapshot["resources"]},
        "locked": event["room"]["locked"],
        "lobby": event["room"]["lobby"],
    }


def keep_ephemeral(known: Known, event: Event) -> None:
    """After a break: what no missed event tells is in the snapshot that comes with them."""
    now = from_snapshot(event)
    known |= {
        name: now[name]
        for name in ("is_host", "typed", "stage", "hands", "spotlight", "stage_order", "locked", "lobby")
    }
    for question, info in known["questions"].items():
        info["votes"] = now["questions"].get(question, info)["votes"]
    known["polls"] = now["polls"]
    for message, tally in now["reactions"].items():
        _react(known, message, tally)


def apply(known: Known, event: Event) -> None:
    reduce = REDUCERS.get(event["ev"])
    if reduce is not None:
        reduce(known, event)


def shown(known: Known, present: set[str]) -> Known:
    """For a comparison: without what is a matter of taste (order, times) and people who are not there."""
    return known | {
        "messages": {number: text for number, text in known["messages"].items() if text},
        "reactions": {
            number: tally["counts"]
            for number, tally in known["reactions"].items()
            if tally["counts"] and known["messages"].get(number)
        },
        "stage": known["stage"] & present,
        "stage_order": [each for each in known["stage_order"] if each in known["stage"] & present],
        "hands": known["hands"] & present,
        "questions": {
            key: {name: each[name] for name in ("text", "state", "votes", "pinned", "answering", "answer")}
            for key, each in known["questions"].items()
            if each["state"] in {"visible", "answered"}
        },
        "polls": {
            key: {
                "results": sorted(each["results"], key=str) if each["results"] is not None else None,
                **{name: each[name] for name in ("state", "shared", "on_stage", "title", "kind")},
            }
            for key, each in known["polls"].items()
        },
    }


# ---- reducers ----------------------------------------------------------------------------------------------


def _message(known: Known, event: Event) -> None:
    known["messages"].pop(event.get("approved_from"), None)
    known["messages"][event["id"]] = event["text"]


def _edited(known: Known, event: Event) -> None:
    if event["text"] and event["message"] in known["messages"]:
        known["messages"][event["message"]] = event["text"]


def _deleted(known: Known, event: Event) -> None:
    known["messages"].pop(event["message"], None)
    known["pinned"].discard(event["message"])


def _react(known: Known, message: int, tally: Event) -> None:
    """An older tally changes nothing."""
    if tally["version"] > known["reactions"].get(message, {"version": 0})["version"]:
        known["reactions"][message] = tally


def _pinned(known: Known, event: Event) -> None:
    if event["message"]["text"]:
        known["pinned"].add(event["message"]["id"])


def _typing(known: Known, event: Event) -> None:
    key = (event["person"]["id"], event["text_id"])
    version, text = known["typed"].get(key, (0, None))
    if event["version"] <= version:
        return
    if event.get("text") == "":
        known["typed"].pop(key, None)
    elif "text" in event:
        known["typed"][key] = (event["version"], event["text"])
    elif text is not None and event["version"] == version + 1:
        edits = [Edit.model_validate(each) for each in event["edits"]]
        known["typed"][key] = (event["version"], edited(text, edits))


def _committed(known: Known, event: Event) -> None:
    known["typed"].pop((event["person"]["id"], event["text_id"]), None)
    if not event.get("deleted"):
        known["lines"][event["id"]] = event["text"]


def _question(known: Known, event: Event) -> None:
    before = known["questions"].get(event["id"])
    known["questions"][event["id"]] = {**event, "votes": before["votes"]} if before else dict(event)


def _question_gone(known: Known, event: Event) -> None:
    known["questions"].pop(event["id"], None)


def _question_voted(known: Known, event: Event) -> None:
    if event["id"] in known["questions"]:
        known["questions"][event["id"]]["votes"] = event["votes"]


def _off_stage(known: Known) -> None:
    for each in known["polls"].values():
        each["on_stage"] = False


def _poll_opened(known: Known, event: Event) -> None:
    _off_stage(known)
    may_count = event["show"] == "live" or known["is_host"]
    results = [{"id": each["id"], "votes": 0} for each in event["options"]] if may_count else None
    known["polls"][event["id"]] = {
        **event,
        "state": "open",
        "shared": False,
        "on_stage": False,
        "voters": 0,
        "results": results,
    }


def _results(poll: Known, event: Event) -> None:
    if event["results"] is not None:
        poll |= {"results": event["results"], "voters": event["voters"]}


def _poll_closed(known: Known, event: Event) -> None:
    poll = known["polls"].get(event["id"])
    if poll is not None:
        poll |= {"state": "closed", "shared": event["shared"]}
        _results(poll, event)


def _poll_shared(known: Known, event: Event) -> None:
    if event["on_stage"]:
        _off_stage(known)
    poll = known["polls"].get(event["id"])
    if poll is not None:
        poll["on_stage"] = event["on_stage"]
        if poll["state"] != "open":
            poll["shared"] = True
            _results(poll, event)


def _tally(known: Known, event: Event) -> None:
    poll = known["polls"].get(event["poll"])
    if poll is not None and poll["state"] == "open" and event["voters"] >= (poll["voters"] or 0):
        poll |= {"results": event["results"], "voters": event["voters"]}


def _person(known: Known, person: Event) -> None:
    for name, is_in in (("stage", person["on_stage"]), ("hands", bool(person["hand_raised_at"]))):
        (known[name].add if is_in else known[name].discard)(person["id"])


def _presence(known: Known, event: Event) -> None:
    for person in event["left"]:
        known["stage"].discard(person)
        known["hands"].discard(person)
    for person in event["joined"]:
        _person(known, person)


def _stage_joined(known: Known, event: Event) -> None:
    known["stage"].add(event["person"]["id"])
    if known["stage_order"]:
        _out_of_order(known, event["person"]["id"])
        known["stage_order"].append(event["person"]["id"])
    known["hands"].discard(event["person"]["id"])


def _out_of_order(known: Known, person: str) -> None:
    known["stage_order"] = [each for each in known["stage_order"] if each != person]


def _stage_left(known: Known, event: Event) -> None:
    known["stage"].discard(event["person"]["id"])
    _out_of_order(known, event["person"]["id"])
    if known["spotlight"] == event["person"]["id"]:
        known["spotlight"] = None


def _timer(known: Known, event: Event) -> None:
    known["timer"] = {name: event[name] for name in ("seconds", "ends_at", "label", "person")}


def _agenda_moved(known: Known, event: Event) -> None:
    for item in known["agenda"]:
        if item["id"] == event["item"]:
            item |= {"started_at": event["at"], "ended_at": None}
        elif item["started_at"] and not item["ended_at"]:
            item["ended_at"] = event["at"]


def _you(known: Known, event: Event) -> None:
    known["is_host"] = event["you"]["role"] in HOSTS
    _person(known, event["you"])


def _set(name: str, field: str) -> Callable[[Known, Event], None]:
    return lambda known, event: known.update({name: event[field]})


REDUCERS: dict[str, Callable[[Known, Event], None]] = {
    "chat.message": _message,
    "chat.edited": _edited,
    "chat.deleted": _deleted,
    "chat.pinned": _pinned,
    "chat.unpinned": lambda known, event: known["pinned"].discard(event["message"]),
    "chat.configured": _set("chat", "chat"),
    "chat.reactions": lambda known, event: _react(known, event["message"], event["reactions"]),
    "rtt.typing": _typing,
    "rtt.committed": _committed,
    "rtt.deleted": lambda known, event: known["lines"].pop(event["line"], None),
    "question.asked": _question,
    "question.changed": _question,
    "question.answered": _question,
    "question.dismissed": _question_gone,
    "question.merged": _question_gone,
    "question.deleted": _question_gone,
    "question.voted": _question_voted,
    "question.configured": _set("question_settings", "settings"),
    "poll.prepared": lambda known, event: known["polls"].update({event["poll"]["id"]: dict(event["poll"])}),
    "poll.deleted": lambda known, event: known["polls"].pop(event["poll"], None),
    "poll.opened": _poll_opened,
    "poll.closed": _poll_closed,
    "poll.counted": lambda known, event: _results(known["polls"].get(event["id"], {}), event),
    "poll.shared": _poll_shared,
    "poll.tally": _tally,
    "hand.raised": lambda known, event: known["hands"].add(event["person"]["id"]),
    "hand.lowered": lambda known, event: known["hands"].discard(event["person"]["id"]),
    "stage.joined": _stage_joined,
    "stage.left": _stage_left,
    "stage.ordered": _set("stage_order", "people"),
    "stage.spotlighted": lambda known, event: known.update(
        spotlight=event["person"]["id"] if event["person"] else None
    ),
    "presence": _presence,
    "person": lambda known, event: _person(known, event["person"]),
    "you": _you,
    "agenda.changed": lambda known, event: known.update(agenda=[dict(each) for each in event["items"]]),
    "agenda.moved": _agenda_moved,
    "resource.shared": lambda known, event: known["resources"].update(
        {event["resource"]["id"]: event["resource"]}
    ),
    "resource.removed": lambda known, event: known["resources"].pop(event["resource"], None),
    "timer.started": _timer,
    "timer.stopped": lambda known, _event: known.update(timer=None),
    "room.locked": _set("locked", "on"),
    "meeting.waiting_room": _set("lobby", "on"),
}
