"""The tables of the live features."""

from engagement.agenda.models import AgendaItem
from engagement.breakouts.models import (
    BreakoutAssignment,
    BreakoutGroup,
    BreakoutReservation,
    BreakoutRound,
)
from engagement.chat.models import ChatSettings, MessageReaction, ReactionTotal
from engagement.interpretation.models import ChannelInterpreter, InterpretationChannel
from engagement.notes.models import NoteDocument, NoteUpdate, NoteVersion, NoteWriter
from engagement.polls.models import Poll, PollBallot, PollOption, PollVoter, PollWord
from engagement.questions.models import Question, QuestionSettings, QuestionVote
from engagement.realtime_text.models import CaptionLink
from engagement.resources.models import Resource
from engagement.slides.models import Presentation, Slide, SlideDeck

__all__ = [
    "AgendaItem",
    "BreakoutAssignment",
    "BreakoutGroup",
    "BreakoutReservation",
    "BreakoutRound",
    "CaptionLink",
    "ChannelInterpreter",
    "ChatSettings",
    "InterpretationChannel",
    "MessageReaction",
    "NoteDocument",
    "NoteUpdate",
    "NoteVersion",
    "NoteWriter",
    "Poll",
    "PollBallot",
    "PollOption",
    "PollVoter",
    "PollWord",
    "Presentation",
    "Question",
    "QuestionSettings",
    "QuestionVote",
    "ReactionTotal",
    "Resource",
    "Slide",
    "SlideDeck",
]
