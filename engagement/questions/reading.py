"""Questions of a meeting for pages and programs, also long after it: what each reader may see of them."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from engagement.questions.models import Question
from rooms.models import Participant

FILTERS = ("open", "answered", "mine")
SORTS = ("votes", "time")


def questions_for(
    *, meeting: str, person: int | None, is_host: bool, hidden_until: datetime | None
) -> QuerySet[Question]:
    """Hosts see all, others what everybody saw, and their own; newest first.

    `hidden_until` is the start of a webinar for its attendees: nobody has shown them the practice session.
    """
    found = Question.objects.with_people().filter(meeting=meeting).order_by("-asked_at", "-pk")
    if is_host:
        return found
    shown = Q(state__in=Question.SHOWN_STATES)
    if hidden_until is not None:
        shown &= Q(shown_at__gte=hidden_until)
    return found.filter(shown | own(person))


def own(person: int | None) -> Q:
    return Q(participant__person=person) if person is not None else Q(pk__in=[])


def filtered(questions: QuerySet[Question], name: str, person: int | None) -> QuerySet[Question]:
    """By one of FILTERS; another name filters nothing."""
    if name == "open":
        return questions.filter(state__in=Question.OPEN_STATES)
    if name == "answered":
        return questions.filter(state=Question.State.ANSWERED)
    if name == "mine":
        return questions.filter(own(person))
    return questions


def by_votes(questions: QuerySet[Question]) -> QuerySet[Question]:
    return questions.order_by("-is_pinned", "-votes", "-asked_at", "-pk")


def answered_aloud(*, meeting: str, since: datetime, until: datetime) -> QuerySet[Question]:
    """Those that were answered aloud in this time, and that everybody saw, in the order of the answers."""
    heard = Question.objects.with_people().filter(meeting=meeting, state=Question.State.ANSWERED)
    return heard.filter(heard_at__gte=since, heard_at__lte=until).order_by("heard_at", "pk")


def open_questions(meeting: str) -> QuerySet[Question]:
    return Question.objects.with_people().filter(meeting=meeting).unanswered().order_by("-votes", "asked_at")


def is_assigned(question: Question, person: int | None) -> bool:
    return (
        person is not None and question.assigned_to is not None and (question.assigned_to.person_id == person)
    )


def askers_of(question: Question) -> QuerySet[Participant]:
    """Who asked it, and who asked a question that was merged into it."""
    merged = Question.objects.filter(merged_into=question.pk, participant=OuterRef("pk"))
    return Participant.objects.filter(Q(pk=question.participant_id) | Exists(merged)).select_related("person")
