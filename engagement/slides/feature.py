"""The feature, as the engine knows it."""

from functools import partial

from engagement.slides import commands, pointer, state, words
from engagement.slides.messages import (
    SlidesDeck,
    SlidesHidden,
    SlidesHide,
    SlidesList,
    SlidesListReply,
    SlidesNote,
    SlidesPage,
    SlidesPageReply,
    SlidesPoint,
    SlidesPointed,
    SlidesShow,
    SlidesShown,
    SlidesSnapshot,
    SlidesTurn,
    SlidesTurned,
)
from rooms.features import CommandType, DurableEvent, Feature, SnapshotPart
from rooms.limits import READ_LIMIT, RateLimit
from rooms.policy import Level
from rooms.rights import Rule, while_open
from rooms.room_state import LARGEST_LIST

TURN_LIMIT = RateLimit(burst=20, rate=4)  # who looks for a page turns quickly
POINT_LIMIT = RateLimit(burst=60, rate=20)
NOTE_LIMIT = RateLimit(burst=20, rate=2)

presenters_only = partial(Rule, Level.SPEAK)

SLIDES = Feature(
    name="slides",
    documentation="Slides of a PDF, shown to everybody in step with the speaker.",
    commands=(
        CommandType(SlidesList, commands.list_decks, presenters_only(), READ_LIMIT, SlidesListReply),
        CommandType(SlidesShow, commands.show, presenters_only(when=while_open), TURN_LIMIT),
        CommandType(SlidesTurn, commands.turn, presenters_only(when=while_open), TURN_LIMIT),
        CommandType(SlidesHide, commands.hide, presenters_only(), TURN_LIMIT),
        CommandType(SlidesPoint, commands.point, presenters_only(when=while_open), POINT_LIMIT),
        CommandType(SlidesPage, commands.page, presenters_only(), READ_LIMIT, SlidesPageReply),
        CommandType(SlidesNote, commands.note, presenters_only(), NOTE_LIMIT),
    ),
    durable=(
        DurableEvent(shape=SlidesShown, apply=state.shown),
        DurableEvent(shape=SlidesTurned, apply=state.turned),
        DurableEvent(shape=SlidesHidden, apply=state.hidden),
        DurableEvent(shape=SlidesDeck, apply=state.deck_changed),
    ),
    ephemeral=(SlidesPointed,),
    snapshot=SnapshotPart(shape=SlidesSnapshot, build=state.snapshot, max_bytes=LARGEST_LIST),
    load=state.load,
    bus_handlers={pointer.BUS_KIND: pointer.move_remote},
    in_breakouts=False,
    words=words.words,
    plurals=words.plurals,
)
