"""Questions that were asked live in a meeting, for one reader of its page."""

from dataclasses import dataclass

from django.db.models import QuerySet

from companies.composed_queries import ComposedQuery
from companies.languages import active_language
from companies.models import Person
from companies.process_cache import CachedRead
from engagement.models import Question
from engagement.questions import reading
from meetings import access
from meetings.access import Level, NotVisible, Visitor
from meetings.models import Meeting
from portal.meeting_cards import MeetingCard


@dataclass(frozen=True)
class Reader:
    """Somebody who may read the questions of the meeting: as which person, and at what level."""

    meeting: Meeting
    person: Person | None
    level: Level

    @property
    def is_host(self) -> bool:
        return self.level >= Level.HOST

    @property
    def _key(self) -> int | None:
        return self.person.pk if self.person is not None else None

    def questions(self) -> QuerySet[Question]:
        """Newest first. Attendees of a webinar get nothing of the practice session."""
        hides_practice = self.meeting.is_webinar and self.level < Level.SPEAK
        return reading.questions_for(
            meeting=self.meeting.pk,
            person=self._key,
            is_host=self.is_host,
            hidden_until=self.meeting.started_at if hides_practice else None,
        )

    def filtered(self, name: str) -> QuerySet[Question]:
        return reading.filtered(self.questions(), name, self._key)

    def may_answer(self, question: Question) -> bool:
        return self.person is not None and (self.is_host or reading.is_assigned(question, self._key))

    def is_own(self, question: Question) -> bool:
        return self._key is not None and question.participant.person_id == self._key

    def asker_of(self, question: Question) -> str:
        """Empty when the reader may not know."""
        if not self._knows_asker(question):
            return ""
        asker = question.participant
        return f"{asker.name}, {asker.company_name}" if asker.company_name else asker.name

    def _knows_asker(self, question: Question) -> bool:
        if question.hidden_from == Question.HiddenFrom.NOBODY or self.is_own(question):
            return True
        return self.is_host and question.hidden_from == Question.HiddenFrom.ATTENDEES

    def sees_details(self, question: Question) -> bool:
        """A private answer, and why it was dismissed."""
        return self.is_host or self.is_own(question)

    def answer_of(self, question: Question) -> str:
        is_hidden = question.answer_is_private and not self.sees_details(question)
        return "" if is_hidden else question.answer


@dataclass(frozen=True)
class QuestionRow:
    """A question as its reader sees it; `original` is the text before it was translated, if it was."""

    question: Question
    asker: str
    text: str
    original: str
    answer: str
    is_own: bool
    may_answer: bool
    sees_details: bool


def row_of(question: Question, reader: Reader) -> QuestionRow:
    translation = question.text_in(active_language())
    return QuestionRow(
        question=question,
        asker=reader.asker_of(question),
        text=translation or question.text,
        original=question.text if translation else "",
        answer=reader.answer_of(question),
        is_own=reader.is_own(question),
        may_answer=reader.may_answer(question),
        sees_details=reader.sees_details(question),
    )


def reader_of(visitor: Visitor, meeting_id: str) -> Reader:
    """Raises NotVisible or NotAllowed; people read the questions of meetings that they may enter."""
    meeting = access.meeting_for(visitor, meeting_id, Level.READ)
    return Reader(meeting, _person(visitor, meeting), access.level_in(visitor, meeting))


_any_question = ComposedQuery(
    lambda meeting: Question.objects.filter(meeting=meeting).order_by().values_list("pk")[:1]
)


_questions_exist: CachedRead[bool] = CachedRead()
_attendees_see_some: CachedRead[bool] = CachedRead()


def sees_questions(visitor: Visitor, card: MeetingCard) -> bool:
    """Whether there are any that the visitor may read. `card` is the visitor's.

    Looked up at most once a second, as is who is present.
    """
    meeting, second = card.meeting, int(card.now.timestamp())
    key = (meeting.pk, second)
    if card.level < Level.READ or not _questions_exist.get_or_read(
        key, lambda: bool(_any_question.rows(meeting.pk))
    ):
        return False
    anybody = Reader(meeting, None, Level.ENTER)
    if _attendees_see_some.get_or_read(key, lambda: anybody.questions().exists()):
        return True
    return Reader(meeting, _person(visitor, meeting), card.level).questions().exists()


def question_to_answer(visitor: Visitor, meeting_id: str, question_id: str) -> tuple[Reader, Question]:
    """Raises NotVisible or NotAllowed."""
    reader = reader_of(visitor, meeting_id)
    question = reader.questions().filter(pk=question_id).first()
    if question is None:
        raise NotVisible
    if not reader.may_answer(question):
        raise access.NotAllowed
    return reader, question


def _person(visitor: Visitor, meeting: Meeting) -> Person | None:
    """Who is signed in, else whose personal link the visitor holds."""
    if visitor.person is not None:
        return visitor.person
    role = access.stage_roles_of(visitor).filter(meeting=meeting).select_related("person").first()
    if role is not None:
        return role.person
    registration = access.own_registration_in(visitor, meeting)
    return registration.person if registration is not None else None
