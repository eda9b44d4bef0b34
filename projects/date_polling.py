"""Date polls: begun, answered, closed with the time of a meeting, or ended by themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property

from django.db import transaction
from django.utils.translation import gettext as _

from companies import zones
from companies.collation import sorted_by_name
from companies.languages import LanguageText
from companies.models import Person
from companies.refusals import Refusal
from meetings import scheduling
from meetings.access import NotAllowed, NotVisible, Visitor, can_schedule
from meetings.meeting_input import MeetingDetails
from meetings.models import Meeting
from meetings.recurrence import ImpossibleRule, instant_on
from projects import access, agenda_templates, history, signals
from projects.leading import lock
from projects.memberships import memberships
from projects.models import (
    AgendaTemplate,
    DatePoll,
    DatePollAnswer,
    DatePollTime,
    HistoryEntry,
    ProjectRoom,
)

FEWEST_TIMES, MOST_TIMES = 2, 10
MOST_OPEN_POLLS = 5  # of a project
REMIND_BEFORE = timedelta(days=1)  # the end of answering
SHORTEST_WITH_REMINDER = timedelta(days=2)
BATCH = 100

State, Step, Answer = DatePoll.State, DatePoll.Step, DatePollAnswer.Answer


class UnableToPoll(Refusal):
    """`code`: no_title, too_few, too_many, twice, impossible, past, closes_late, too_many_polls, closed, incomplete."""


@dataclass(frozen=True)
class ProposedTime:
    """Local to the poll's time zone."""

    day: date
    local_time: time
    minutes: int


@dataclass(frozen=True, kw_only=True)
class DatePollInput:
    """`last_day` for answers ends at midnight in `timezone`."""

    title: LanguageText
    times: Sequence[ProposedTime]
    timezone: str
    last_day: date
    agenda: AgendaTemplate | None = None


@dataclass
class PolledTime:
    """A proposed time with who can, who could if need be, and who cannot."""

    row: DatePollTime
    people: dict[str, list[Person]] = field(default_factory=lambda: {key: [] for key in Answer.values})
    is_best: bool = False

    @property
    def able(self) -> int:
        return len(self.people[Answer.YES])

    @property
    def able_if_need_be(self) -> int:
        return len(self.people[Answer.MAYBE])

    @cached_property
    def by_answer(self) -> list[tuple[str, list[Person]]]:
        return [(str(key.label), sorted_by_name(self.people[key], str)) for key in Answer if self.people[key]]


@transaction.atomic
def open_date_poll(*, project: ProjectRoom, content: DatePollInput, by: Visitor, now: datetime) -> DatePoll:
    """Everybody in the project is asked by email. Raises UnableToPoll, and as `access.writer_in`."""
    lock(project)
    member = access.writer_in(by, project.pk)
    starts = _starts_of(content, now)
    closes_at = datetime.combine(content.last_day + timedelta(days=1), time(), zones.zone(content.timezone))
    _refuse_impossible(project, content, starts, closes_at, now)
    reminds_at = closes_at - REMIND_BEFORE if closes_at - now >= SHORTEST_WITH_REMINDER else None
    poll = DatePoll.objects.create(
        project=project,
        title=content.title,
        timezone=content.timezone,
        closes_at=closes_at,
        agenda=content.agenda,
        made_by=member.person,
        made_at=now,
        next_step=Step.REMIND if reminds_at else Step.CLOSE,
        next_at=reminds_at or closes_at,
    )
    DatePollTime.objects.bulk_create(
        DatePollTime(poll=poll, starts_at=starts_at, minutes=one.minutes)
        for starts_at, one in zip(starts, content.times, strict=True)
    )
    history.write(project, HistoryEntry.Kind.POLL_OPENED, by=member.person, now=now, title=content.title)
    people = memberships.people_of(project.pk).exclude(pk=member.person.pk)
    signals.date_poll_asks.send(
        DatePoll, poll=poll, people=list(people.values_list("pk", flat=True)), is_reminder=False, now=now
    )
    return poll


@transaction.atomic
def answer(*, poll: DatePoll, answers: Mapping[str, str], by: Visitor, now: datetime) -> None:
    """For each time of the poll, by its id; in place of what was answered before. Readers answer, too.

    Raises UnableToPoll, and as `access.reader_of`.
    """
    member = access.reader_of(by, poll.project_id)
    lock(poll.project)
    poll = DatePoll.objects.select_related("project").get(pk=poll.pk)
    if not (member.project.is_open and poll.takes_answers(now)):
        raise UnableToPoll("closed", _("This date poll no longer accepts answers."))
    times = set(poll.times.values_list("pk", flat=True))
    if set(answers) != times or not set(answers.values()) <= set(Answer.values):
        raise UnableToPoll("incomplete", _("Choose an answer for each time."))
    DatePollAnswer.objects.bulk_create(
        [
            DatePollAnswer(time_id=key, person=member.person, answer=given, answered_at=now)
            for key, given in answers.items()
        ],
        update_conflicts=True,
        unique_fields=["time", "person"],
        update_fields=["answer", "answered_at"],
    )


@transaction.atomic
def choose_time(*, poll: DatePoll, time_id: str, by: Visitor, now: datetime) -> Meeting:
    """Schedules the meeting at this time, hosted by whoever chooses; all members are invited by email.

    Raises UnableToPoll, UnableToSchedule, UnableToPublish, NotAllowed to somebody without a company, and as
    `access.writer_in`.
    """
    poll, member = _locked_open(poll, by)
    if not can_schedule(by):
        raise NotAllowed
    chosen = poll.times.filter(pk=time_id).first()
    if chosen is None:
        raise NotVisible
    local = chosen.starts_at.astimezone(zones.zone(poll.timezone))
    details = MeetingDetails(
        kind=Meeting.Kind.PROJECT_MEETING,
        title=poll.title,
        local_day=local.date(),
        local_time=local.time(),
        timezone=poll.timezone,
        duration_minutes=chosen.minutes,
        languages=(member.person.language,),
        visibility=Meeting.Visibility.INVITED,
        host_company=member.person.company,
        room=poll.project.room,
    )
    meeting = scheduling.schedule_meeting(host=member.person, details=details, now=now, publish=False)
    if poll.agenda is not None:
        agenda_templates.use_template(template=poll.agenda, meeting=meeting, by=by, now=now)
    meeting = scheduling.publish_meeting(meeting=meeting, now=now)
    _end(poll, State.CHOSEN, meeting)
    history.write(poll.project, HistoryEntry.Kind.POLL_CLOSED, by=member.person, now=now, title=poll.title)
    return meeting


@transaction.atomic
def end_date_poll(*, poll: DatePoll, by: Visitor, now: datetime) -> None:
    """Without a meeting. Raises UnableToPoll, and as `access.writer_in`."""
    poll, member = _locked_open(poll, by)
    _end(poll, State.ENDED)
    history.write(poll.project, HistoryEntry.Kind.POLL_ENDED, by=member.person, now=now, title=poll.title)


@transaction.atomic
def delete_date_poll(*, poll: DatePoll, by: Visitor, now: datetime) -> None:
    """With its answers and waiting emails; the history keeps its title, and a meeting that came of it stays.

    By who began it, or a lead. Raises NotAllowed, and as `access.writer_in`.
    """
    lock(poll.project)
    member = access.writer_in(by, poll.project_id)
    if not member.may_delete(poll.made_by_id):
        raise NotAllowed
    if DatePoll.objects.filter(pk=poll.pk).delete()[0]:
        history.write(
            member.project, HistoryEntry.Kind.POLL_DELETED, by=member.person, now=now, title=poll.title
        )


def take_due_steps(*, now: datetime) -> None:
    """Of polls in open projects."""
    due = DatePoll.objects.filter(next_at__lte=now, project__state=ProjectRoom.State.OPEN)
    for pk in list(due.order_by("next_at").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            found = (
                due.filter(pk=pk).select_related("project").select_for_update(of=["self"], skip_locked=True)
            )
            poll = found.first()
            if poll is not None:
                _take_step(poll, now)


def results_of(poll: DatePoll) -> list[PolledTime]:
    """In their order; the best are those that most can, or else that most could if need be."""
    found = {row.pk: PolledTime(row) for row in poll.times.order_by("starts_at", "minutes")}
    for given in DatePollAnswer.objects.filter(time__in=list(found)).select_related("person__company"):
        found[given.time_id].people[given.answer].append(given.person)
    best = max(((one.able, one.able_if_need_be) for one in found.values()), default=(0, 0))
    for one in found.values():
        one.is_best = best > (0, 0) and (one.able, one.able_if_need_be) == best
    return list(found.values())


def answers_of(poll: DatePoll, person: Person) -> dict[str, str]:
    given = DatePollAnswer.objects.filter(time__poll=poll, person=person)
    return dict(given.values_list("time", "answer"))


# ---- what they share -----------------------------------------------------------------------------------------


def _take_step(poll: DatePoll, now: datetime) -> None:
    last = max(poll.times.values_list("starts_at", flat=True), default=poll.closes_at)
    if poll.next_step == Step.REMIND:
        signals.date_poll_asks.send(
            DatePoll, poll=poll, people=_without_answer(poll), is_reminder=True, now=now
        )
        poll.next_step, poll.next_at = Step.CLOSE, poll.closes_at
    elif poll.next_step == Step.CLOSE:
        signals.date_poll_over.send(DatePoll, poll=poll, people=_to_choose(poll), now=now)
        poll.next_step, poll.next_at = Step.END, max(last, poll.closes_at)
    else:
        _end(poll, State.ENDED)
        history.write(poll.project, HistoryEntry.Kind.POLL_ENDED, by=None, now=now, title=poll.title)
        return
    poll.save(update_fields=["next_step", "next_at"])


def _without_answer(poll: DatePoll) -> list[int]:
    answered = DatePollAnswer.objects.filter(time__poll=poll).values("person")
    people = memberships.people_of(poll.project_id).exclude(pk__in=answered).exclude(pk=poll.made_by_id or 0)
    return list(people.order_by("pk").values_list("pk", flat=True))


def _to_choose(poll: DatePoll) -> list[int]:
    """Whoever began it, as long as they are in the project; else its leads."""
    people = memberships.people_of(poll.project_id)
    if poll.made_by_id is not None and people.filter(pk=poll.made_by_id).exists():
        return [poll.made_by_id]
    return list(access.leads_of(poll.project).values_list("person", flat=True))


def _end(poll: DatePoll, state: DatePoll.State, meeting: Meeting | None = None) -> None:
    poll.state, poll.meeting = state, meeting
    poll.next_step, poll.next_at = "", None
    poll.save(update_fields=["state", "meeting", "next_step", "next_at"])


def _locked_open(poll: DatePoll, by: Visitor) -> tuple[DatePoll, access.Membership]:
    lock(poll.project)
    member = access.writer_in(by, poll.project_id)
    poll = DatePoll.objects.select_related("project__room", "agenda__project").get(pk=poll.pk)
    if poll.state != State.OPEN:
        raise UnableToPoll("closed", _("Someone else has already closed this date poll."))
    return poll, member


def _starts_of(content: DatePollInput, now: datetime) -> list[datetime]:
    starts = []
    for one in content.times:
        try:
            starts.append(instant_on(one.day, one.local_time, content.timezone))
        except ImpossibleRule as problem:
            raise UnableToPoll("impossible", problem.message) from problem
    if any(starts_at <= now for starts_at in starts):
        raise UnableToPoll("past", _("Propose only times in the future."))
    return starts


def _refuse_impossible(
    project: ProjectRoom, content: DatePollInput, starts: list[datetime], closes_at: datetime, now: datetime
) -> None:
    if not any(content.title.values()):
        raise UnableToPoll("no_title", _("Enter this in at least one language."), field="title")
    if len(starts) < FEWEST_TIMES:
        raise UnableToPoll("too_few", _("Propose at least two times."))
    if len(starts) > MOST_TIMES:
        message = _("Propose at most %(most)s times.") % {"most": MOST_TIMES}
        raise UnableToPoll("too_many", message)
    if len({(at, one.minutes) for at, one in zip(starts, content.times, strict=True)}) < len(starts):
        raise UnableToPoll("twice", _("You have proposed the same time twice."))
    if closes_at <= now or closes_at > min(starts):
        message = _("Choose today or a later day, before the first proposed time.")
        raise UnableToPoll("closes_late", message, field="last_day")
    if project.date_polls.filter(state=State.OPEN).count() >= MOST_OPEN_POLLS:
        message = _("A project can have at most %(most)s open date polls. End one first.")
        raise UnableToPoll("too_many_polls", message % {"most": MOST_OPEN_POLLS})
