"""Handlers of the commands, and the end of the breakout rooms by the clock."""

import asyncio
import secrets
from datetime import datetime
from typing import Any

from django.utils import timezone

from companies.collation import sort_key
from companies.text import cleaned
from engagement.breakouts import assigning, running
from engagement.breakouts.assigning import Wish
from engagement.breakouts.messages import (
    BreakoutAnnounce,
    BreakoutClose,
    BreakoutExtend,
    BreakoutHelp,
    BreakoutJoin,
    BreakoutLeave,
    BreakoutMove,
    BreakoutOpen,
    BreakoutPeople,
    BreakoutPrepare,
    BreakoutRename,
    Breakouts,
    BreakoutsClosed,
)
from engagement.breakouts.mixing import Candidate
from engagement.breakouts.running import MOST_ASSIGNED, Plan
from engagement.breakouts.state import breakouts_in, seconds_left
from rooms import admission, policy, tickets
from rooms.admission import participant_pk
from rooms.connections import Connection
from rooms.database import Batch, in_database
from rooms.messages import CLOSE_BREAKOUT_OVER, PersonRef
from rooms.refusals import Refused
from rooms.room_session import RoomSession
from rooms.room_state import LARGEST_PAGE, fitting

HOSTS = {"host", "co_host"}
PEOPLE_SHOWN = 100
LOOKS_AHEAD = 8.0  # seconds: more than between two looks of `watch`

_joining: Batch[Wish, str] = Batch(lambda wishes: assigning.assign_many(wishes, timezone.now()))


# ---- hosts -----------------------------------------------------------------------------------------------


async def prepare(room: RoomSession, connection: Connection, command: BreakoutPrepare) -> None:
    names = [cleaned(name, one_line=True) for name in command.names]
    plan = Plan(names, command.assign, command.minutes, secrets.randbits(32))
    await in_database(_prepare, room, connection, plan)


def _prepare(room: RoomSession, connection: Connection, plan: Plan) -> None:
    running.prepare(**_arguments(room, connection, plan))


async def open_rooms(room: RoomSession, connection: Connection, command: BreakoutOpen) -> None:
    if command.rooms is None:
        await in_database(_open_prepared, room, connection)
        return
    plan = Plan([""] * command.rooms, command.assign, command.minutes, secrets.randbits(32))
    await in_database(_open_new, room, connection, plan)


def _open_prepared(room: RoomSession, connection: Connection) -> None:
    refs = [each.person_ref for each in room.state.admitted()]
    people = admission.people_of(
        room_id=room.id, participants=[each.id for each in refs if each.role not in HOSTS]
    )
    running.open_prepared(
        room_id=room.id,
        present={person: participant_pk(ref) or 0 for ref, person in people.items()},
        by=connection.ticket.person,
        now=timezone.now(),
    )


def _open_new(room: RoomSession, connection: Connection, plan: Plan) -> None:
    running.open_new(**_arguments(room, connection, plan))


def _arguments(room: RoomSession, connection: Connection, plan: Plan) -> dict[str, Any]:
    people = _candidates(room) if plan.assign in running.DEALT else []
    if len(people) > MOST_ASSIGNED:
        raise Refused("not_now", f"at most {MOST_ASSIGNED} people")
    return {
        "room_id": room.id,
        "meeting": room.state.info.meeting or "",
        "plan": plan,
        "people": people,
        "by": connection.ticket.person,
        "now": timezone.now(),
    }


def _candidates(room: RoomSession) -> list[Candidate]:
    """Everybody who is in the room but the hosts, with the country of their registration or company."""
    found = {each.person_ref.id: each.person_ref for each in room.state.admitted()}
    people = admission.people_of(
        room_id=room.id, participants=[each.id for each in found.values() if each.role not in HOSTS]
    )
    policies = policy.policy_of_kind(room.state.info.kind)
    countries = policies.countries(room.id, list(people.values()))
    return [
        Candidate(participant_pk(ref) or 0, found[ref].company, countries.get(person, ""))
        for ref, person in people.items()
    ]


async def move(room: RoomSession, connection: Connection, command: BreakoutMove) -> None:
    _main_round(room)
    participant = participant_pk(command.person)
    if participant is None:
        raise Refused("not_found")
    await in_database(
        assigning.move,
        room_id=room.id,
        participant=participant,
        group=command.room,
        by=connection.ticket.person,
        now=timezone.now(),
    )


async def rename(room: RoomSession, connection: Connection, command: BreakoutRename) -> None:
    _main_round(room)
    await in_database(
        running.rename,
        room_id=room.id,
        group=command.room,
        name=cleaned(command.name, one_line=True),
        by=connection.ticket.person,
        now=timezone.now(),
    )


async def extend(room: RoomSession, connection: Connection, command: BreakoutExtend) -> None:
    _open_round(room)
    await in_database(
        running.extend,
        room_id=room.id,
        minutes=command.minutes,
        by=connection.ticket.person,
        now=timezone.now(),
    )


async def close(room: RoomSession, connection: Connection, _command: BreakoutClose) -> None:
    _main_round(room)
    await in_database(running.close, room_id=room.id, by=connection.ticket.person, now=timezone.now())


async def announce(room: RoomSession, connection: Connection, command: BreakoutAnnounce) -> None:
    _open_round(room)
    text = cleaned(command.text).strip()
    if not text:
        raise Refused("bad_field", "text: empty")
    await in_database(
        running.announce,
        room_id=room.id,
        text=text,
        by_ref=connection.person_ref,
        by=connection.ticket.person,
        now=timezone.now(),
    )


# ---- everybody -------------------------------------------------------------------------------------------


async def join(room: RoomSession, connection: Connection, command: BreakoutJoin) -> dict[str, Any]:
    found = _open_round(room)
    target = await _target(room, connection, command.room)
    if connection.is_host and any(each.room == target for each in found.help):
        await in_database(assigning.answer_help, room_id=room.id, group=target, now=timezone.now())
    room.set_breakout(connection, target)
    return {"room": target, **tickets.issued_again(connection.ticket, room_id=target)}


async def _target(room: RoomSession, connection: Connection, wanted: str | None) -> str:
    """The room they go to. Raises Refused."""
    breakouts = breakouts_in(room.state)
    if wanted is not None and breakouts.room(wanted) is None:
        raise Refused("not_found")
    own = breakouts.room_of(connection.person)
    if connection.is_host and (wanted or own):
        return wanted or own or ""
    if connection.is_host:
        raise Refused("bad_field", "room: choose one")
    if own is not None and wanted in {None, own}:
        return own
    participant = participant_pk(connection.person) or 0
    return await _joining.add(Wish(room.id, participant, connection.ticket.person, wanted))


async def leave(room: RoomSession, connection: Connection, _command: BreakoutLeave) -> None:
    """Twice is no error."""
    room.set_breakout(connection, None)


async def list_people(room: RoomSession, _connection: Connection, command: BreakoutPeople) -> dict[str, Any]:
    breakouts = breakouts_in(room.state)
    if command.room is not None and breakouts.room(command.room) is None:
        raise Refused("not_found")
    own = breakouts.rooms_by_person()
    there = [
        each
        for each in room.state.admitted()
        if (
            own.get(each.person_ref.id) == command.room
            if command.room is not None
            else each.person_ref.role not in HOSTS
        )
    ]
    there.sort(key=lambda each: (sort_key(each.person_ref.name, "en"), each.person_ref.id))
    start = next((place for place, each in enumerate(there, 1) if each.person_ref.id == command.after), 0)
    page = fitting((each.info() for each in there[start : start + PEOPLE_SHOWN]), LARGEST_PAGE)
    return {
        "people": [_listed(each.model_dump(mode="json"), own.get(each.id)) for each in page],
        "total": len(there),
        "next": page[-1].id if page and start + len(page) < len(there) else None,
    }


def _listed(person: dict[str, Any], room: str | None) -> dict[str, Any]:
    listed = {name: person[name] for name in PersonRef.model_fields}
    return {**listed, "room": room, "here": room is not None and person["breakout"] == room}


async def ask_help(room: RoomSession, connection: Connection, command: BreakoutHelp) -> None:
    _open_round(room)
    await in_database(
        assigning.ask_help,
        room_id=room.id,
        participant=participant_pk(connection.person) or 0,
        on=command.on,
        now=timezone.now(),
    )


def _main_round(room: RoomSession) -> Breakouts:
    found = breakouts_in(room.state).breakouts
    if found is None:
        raise Refused("not_now", "there are no breakout rooms")
    return found


def _open_round(room: RoomSession) -> Breakouts:
    found = breakouts_in(room.state).opened
    if found is None:
        raise Refused("not_now", "no breakout rooms are open")
    return found


# ---- the end ---------------------------------------------------------------------------------------------


def after_close(room: RoomSession, _event: BreakoutsClosed) -> None:
    if room.state.info.kind != "breakout":
        return
    room.broadcaster.flush()
    room.close_all(CLOSE_BREAKOUT_OVER)
    room.close_media()


def watch(room: RoomSession, now: datetime) -> None:
    """Waits for the end of the breakout rooms shortly before it; every process may, the first one closes them."""
    left = seconds_left(room.state, now)
    state = breakouts_in(room.state)
    if left is None or left > LOOKS_AHEAD or state.is_closing:
        return
    state.is_closing = True
    room.spawn(_close_at_end(room, left))


async def _close_at_end(room: RoomSession, left: float) -> None:
    await asyncio.sleep(max(0.0, left))
    try:
        main = room.state.info.parent or room.id
        await in_database(running.close_due, room_id=main, now=timezone.now())
    finally:
        breakouts_in(room.state).is_closing = False
