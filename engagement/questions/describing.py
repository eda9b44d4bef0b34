"""Questions as the protocol shows them, made from their rows."""

from engagement.questions.messages import (
    AnswerInfo,
    QuestionDetails,
    QuestionInfo,
    QuestionSettingsInfo,
)
from engagement.questions.models import Question, QuestionSettings
from rooms.admission import public_id
from rooms.journal import protocol_time
from rooms.messages import PersonRef
from rooms.models import Participant


def asker_ref(question: Question) -> PersonRef:
    return _ref(question.participant, question.role)


def _ref(participant: Participant, role: str = "attendee") -> PersonRef:
    return PersonRef.model_validate(
        {
            "id": public_id(participant.pk),
            "name": participant.name,
            "company": participant.company_name,
            "role": role,
        }
    )


def info_of(question: Question) -> QuestionInfo:
    """As everybody sees it."""
    is_named = question.hidden_from == Question.HiddenFrom.NOBODY
    return QuestionInfo.model_validate(
        {
            "id": question.pk,
            "text": question.text,
            "from": asker_ref(question) if is_named else None,
            "hidden_from": question.hidden_from,
            "language": question.language,
            "translations": question.translations,
            "votes": question.votes,
            "state": question.state,
            "at": protocol_time(question.asked_at),
            "edited": question.edited_at is not None,
            "pinned": question.is_pinned,
            "assigned": _ref(question.assigned_to, "speaker") if question.assigned_to else None,
            "answering": question.answering_at is not None,
            "answer": None if question.answer_is_private else _answer_of(question),
        }
    )


def details_of(question: Question) -> QuestionDetails:
    """What only hosts and the asker see. Who asks stays unknown when it is hidden from everybody."""
    is_hidden = question.hidden_from == Question.HiddenFrom.EVERYONE
    return QuestionDetails.model_validate(
        {
            "id": question.pk,
            "from": None if is_hidden else asker_ref(question),
            "reason": question.reason,
            "answer": _answer_of(question) if question.answer_is_private else None,
        }
    )


def has_details(question: Question) -> bool:
    """Whether hosts and the asker see more than everybody does."""
    hides_from_attendees = question.hidden_from == Question.HiddenFrom.ATTENDEES
    return hides_from_attendees or bool(question.reason) or question.answer_is_private


def _answer_of(question: Question) -> AnswerInfo | None:
    if question.state != Question.State.ANSWERED or question.answered_at is None:
        return None
    by = question.answered_by.name if question.answered_by else ""
    at = protocol_time(question.heard_at or question.answered_at)
    return AnswerInfo(text=question.answer, aloud=question.heard_at is not None, by=by, at=at)


def settings_info(chosen: QuestionSettings) -> QuestionSettingsInfo:
    return QuestionSettingsInfo.model_validate(
        {
            "is_open": chosen.is_open,
            "is_moderated": chosen.is_moderated,
            "anonymity": chosen.anonymity,
            "has_upvotes": chosen.has_upvotes,
        }
    )
