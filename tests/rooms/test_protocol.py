"""The protocol: documentation, and the table of rights."""

import inspect

import pytest
from django.core.management import call_command

from meetings.access import Level
from rooms import messages, rights
from rooms.documentation import CODES, commands, durable_events, ephemeral_events, page
from rooms.features import Viewer, registry
from rooms.messages import message_name
from rooms.room_state import LARGEST_SNAPSHOT, ConnectionState, ParticipantState, RoomState
from rooms.transport import encoded


def test_the_documentation_is_up_to_date() -> None:
    call_command("write_live_protocol", check=True)


@pytest.mark.parametrize("shape", [messages.Hello, *commands(), *durable_events(), *ephemeral_events()])
def test_every_message_is_explained(shape: type) -> None:
    assert inspect.getdoc(shape)
    assert inspect.getdoc(shape) != inspect.getdoc(messages.Command)
    assert inspect.getdoc(shape) != inspect.getdoc(messages.Event)


def test_every_event_is_documented_as_durable_or_ephemeral() -> None:
    kept, passing = page().split("## Ephemeral events")
    for event in durable_events():
        assert f"### `{message_name(event)}`" in kept
    for event in ephemeral_events():
        assert f"### `{message_name(event)}`" in passing


def test_every_close_code_is_documented() -> None:
    codes = {value for name, value in vars(messages).items() if name.startswith("CLOSE_")}
    assert codes - set(CODES) == set()


def room_state(state: str, *, is_webinar: bool = True, recording: bool = False) -> RoomState:
    info = messages.RoomInfo.model_validate(
        {
            "id": "r",
            "kind": "meeting",
            "title": {},
            "state": state,
            "meeting": "m",
            "starts_at": None,
            "ends_at": None,
            "started_at": None,
            "is_webinar": is_webinar,
            "lobby": False,
            "recording": recording,
            "media": "mesh",
        }
    )
    return RoomState(info=info, meeting_state={"waiting": "scheduled"}.get(state, state))  # type: ignore[arg-type]


def crowded(name: str, *, is_admitted: bool) -> RoomState:
    """Very many people with this name, who wait, or are on stage with raised hands."""
    state = room_state("live")
    for number in range(400):
        person_ref = messages.PersonRef(id=f"p{number}", name=name, company=name)
        raised_at = f"2026-12-03T09:{number:04}" if is_admitted else None
        participant = ParticipantState(person_ref, is_admitted, is_admitted, raised_at)
        state.enter(participant, ConnectionState(id=f"c{number}", process="a"))
    return state


LONGEST_NAME = "\U0001f525" * 120


def test_hosts_are_told_of_a_hundred_who_wait_and_of_fewer_where_a_frame_holds_no_more() -> None:
    waiting = crowded("Rūta", is_admitted=False).waiting()
    assert [each.id for each in waiting] == [f"p{number}" for number in range(100)]
    fewer = crowded(LONGEST_NAME, is_admitted=False).waiting()
    assert 0 < len(fewer) < 100
    frame = registry.frame_of(messages.LobbyChanged(waiting=fewer))
    assert len(frame) <= messages.MAX_FRAME


@pytest.mark.parametrize("is_admitted", [True, False])
def test_the_snapshot_of_a_crowd_with_long_names_names_the_first_and_stays_within_its_size(
    is_admitted: bool,
) -> None:
    state = crowded(LONGEST_NAME, is_admitted=is_admitted)
    built = registry.snapshot(state, Viewer(is_attendee=False, is_host=True), LARGEST_SNAPSHOT)
    assert len(encoded(built)) <= LARGEST_SNAPSHOT
    shown = built.model_dump()
    for named in ("stage", "hands") if is_admitted else ("waiting",):
        ids = [each["id"] for each in shown[named]]
        assert ids == [f"p{number}" for number in range(len(ids))] != []


ALWAYS = {
    "ping",
    "since",
    "chat.list",
    "chat.search",
    "people.list",
    "premiere.file",
    "poll.list",
    "poll.vote",
    "question.list",
    "rtt.list",
    "rtt.delete",
}
HOSTS = {
    *("lobby.admit", "lobby.deny", "lobby.turned_away", "lobby.readmit"),
    *("stage.mute", "stage.remove", "people.appoint", "lobby.set", "room.lock", "room.unlock"),
    *("chat.approve", "chat.pin", "chat.configure"),
    *("stage.spotlight", "stage.move", "hand.give_floor", "timer.start", "timer.stop", "meeting.hand_over"),
    *("interpretation.open", "interpretation.close", "interpretation.assign"),
    *("premiere.films", "premiere.start", "premiere.play", "premiere.pause", "premiere.stop"),
}
PREPARES = {"poll.create", "poll.edit", "poll.delete", "poll.close", "poll.share"}
BREAKOUTS = {"breakout.prepare", "breakout.move", "breakout.rename", "breakout.close"}
IN_GROUPS = {"breakout.join", "breakout.leave", "breakout.help"}
ASKED = {"question.ask", "question.edit", "question.delete", "question.vote"}
REPLIED = {"question.answering", "question.answer", "question.translate"}
MODERATED = {
    "question.approve",
    "question.dismiss",
    "question.merge",
    "question.pin",
    "question.assign",
    "question.configure",
}
SPOKEN = {
    *ASKED,
    "chat.send",
    "chat.edit",
    "chat.react",
    "hand.raise",
    "hand.lower",
    "reaction.send",
    "signal.send",
    "media.report",
    "media.token",
    "breakout.people",
}
ON_AIR = {"interpretation.take", "interpretation.offer", "interpretation.accept"}
STAGE = {"stage.leave", "media.state", "rtt.type", "rtt.commit"}
SLIDES = {"slides.list", "slides.hide", "slides.page", "slides.note"}
SHARED = {"resource.remove"}  # also afterwards
PRESENTED = {*SLIDES, *SHARED, "slides.show", "slides.turn", "slides.point", "resource.share"}
NOTES = {"notes.list", "notes.open", "notes.close", "notes.names", "notes.update", "notes.cursor"}
AGENDA = {"agenda.add", "agenda.change", "agenda.reorder", "agenda.remove"}


@pytest.mark.parametrize(
    ("context", "state", "allowed"),
    [
        (rights.ParticipantContext(Level.ENTER, is_admitted=False, on_stage=False), "live", {"ping"}),
        (
            rights.ParticipantContext(Level.ENTER, is_admitted=True, on_stage=False),
            "waiting",
            {*ALWAYS, "chat.delete"},
        ),
        (
            rights.ParticipantContext(Level.ENTER, is_admitted=True, on_stage=False),
            "live",
            {*ALWAYS, *SPOKEN, *IN_GROUPS, "chat.delete"},
        ),
        (
            rights.ParticipantContext(Level.ENTER, is_admitted=True, on_stage=False, role="captioner"),
            "live",
            {*ALWAYS, *SPOKEN, *IN_GROUPS, "chat.delete", "rtt.type", "rtt.commit", "rtt.correct"},
        ),
        (
            rights.ParticipantContext(Level.ENTER, is_admitted=True, on_stage=False, role="captioner"),
            "waiting",
            {*ALWAYS, "chat.delete"},
        ),
        (
            rights.ParticipantContext(Level.ENTER, is_admitted=True, on_stage=False),
            "ended",
            {*ALWAYS, "chat.delete"},
        ),
        (
            rights.ParticipantContext(Level.SPEAK, is_admitted=True, on_stage=True),
            "waiting",
            {*ALWAYS, *SPOKEN, *REPLIED, *STAGE, *PRESENTED, *NOTES, "chat.delete"},
        ),
        (
            rights.ParticipantContext(Level.SPEAK, is_admitted=True, on_stage=True, role="interpreter"),
            "waiting",
            {
                *(*ALWAYS, *SPOKEN, *REPLIED, *STAGE, *PRESENTED, *NOTES, *ON_AIR),
                *("interpretation.leave", "chat.delete"),
            },
        ),
        (
            rights.ParticipantContext(Level.SPEAK, is_admitted=True, on_stage=False, role="interpreter"),
            "live",
            {
                *(*ALWAYS, *SPOKEN, *REPLIED, *PRESENTED, *NOTES, *IN_GROUPS),
                *("interpretation.leave", "chat.delete"),
            },
        ),
        (
            rights.ParticipantContext(Level.HOST, is_admitted=True, on_stage=True),
            "waiting",
            {
                *ALWAYS,
                *SPOKEN,
                *REPLIED,
                *PRESENTED,
                *MODERATED,
                *STAGE,
                *HOSTS,
                *PREPARES,
                *BREAKOUTS,
                *AGENDA,
                *NOTES,
                "notes.show",
                "chat.delete",
                "stage.invite",
                "meeting.start",
            },
        ),
        (
            rights.ParticipantContext(Level.HOST, is_admitted=True, on_stage=False),
            "live",
            {
                *ALWAYS,
                *SPOKEN,
                *REPLIED,
                *PRESENTED,
                *MODERATED,
                *HOSTS,
                *PREPARES,
                *BREAKOUTS,
                *IN_GROUPS,
                *("breakout.open", "breakout.extend", "breakout.announce"),
                *AGENDA,
                *NOTES,
                "notes.show",
                *("agenda.goto", "agenda.next", "agenda.end"),
                "poll.open",
                "chat.delete",
                "stage.invite",
                "meeting.end",
                "meeting.extend",
                "recording.start",
            },
        ),
    ],
)
def test_who_may_what_when(context: rights.ParticipantContext, state: str, allowed: set[str]) -> None:
    assert set(registry.may(context, room_state(state))) == allowed


def test_a_recording_is_stopped_only_while_there_is_one() -> None:
    host = rights.ParticipantContext(Level.HOST, is_admitted=True, on_stage=True)
    assert registry.refusal("recording.stop", host, room_state("live")) == "not_now"
    assert registry.refusal("recording.stop", host, room_state("live", recording=True)) is None
    assert registry.refusal("recording.start", host, room_state("live", recording=True)) == "not_now"


def test_an_announced_recording_is_skipped_only_until_it_begins() -> None:
    host = rights.ParticipantContext(Level.HOST, is_admitted=True, on_stage=True)
    planned, recorded = room_state("live"), room_state("live", recording=True)
    assert registry.refusal("recording.skip", host, planned) == "not_now"
    for state in (planned, recorded):
        state.info = state.info.model_copy(update={"recording_planned": True})
    assert registry.refusal("recording.skip", host, planned) is None
    assert registry.refusal("recording.skip", host, recorded) == "not_now"
    for level in (Level.ENTER, Level.SPEAK):
        other = rights.ParticipantContext(level, is_admitted=True, on_stage=True)
        assert registry.refusal("recording.skip", other, planned) == "not_allowed"
