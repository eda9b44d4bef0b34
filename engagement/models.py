"""The tables of the live features."""

from engagement.chat.models import ChatSettings
from engagement.polls.models import Poll, PollBallot, PollOption, PollVoter, PollWord
from engagement.questions.models import Question, QuestionSettings, QuestionVote

__all__ = [
    "ChatSettings",
    "Poll",
    "PollBallot",
    "PollOption",
    "PollVoter",
    "PollWord",
    "Question",
    "QuestionSettings",
    "QuestionVote",
]
