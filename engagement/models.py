"""The tables of live features."""

from engagement.questions.models import Question, QuestionSettings, QuestionVote

__all__ = ["Question", "QuestionSettings", "QuestionVote"]
