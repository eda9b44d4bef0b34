"""Decisions and actions: written, changed, done, opened again. Each is in the history, and the room is told."""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext as gettext_of_django

from companies.models import Company, Person
from companies.refusals import Outdated, Refusal
from meetings.access import NotAllowed, Visitor
from projects import access, carrying, history, signals
from projects.memberships import companies_of, memberships
from projects.models import Action, Decision, HistoryEntry, ProjectRoom
from projects.room_messages import tell_room

MOST_OPEN = 500  # actions of a project
REMINDED_AT = time(7)  # of the day before it is due, in its owner's time zone
AGAIN_AFTER = timedelta(days=7)
BATCH = 200

Kind = HistoryEntry.Kind


class UnableToAct(Refusal):
    """`code`: no_text, not_in (the owner is not in the project), two_owners, too_many, gone."""


@dataclass(frozen=True, kw_only=True)
class ActionInput:
    text: str
    person: Person | None = None
    company: Company | None = None
    due_on: date | None = None


@transaction.atomic
def write_decision(*, project: ProjectRoom, text: str, by: Visitor, now: datetime) -> Decision:
    """Raises UnableToAct, and as `access.writer_in`."""
    member = access.writer_in(by, project.pk)
    _refuse_empty(text)
    decision = Decision.objects.create(project=project, text=text, decided_at=now, written_by=member.person)
    _tell(project, Kind.DECISION_MADE, text, member.person, now)
    return decision


@transaction.atomic
def withdraw_decision(*, project: ProjectRoom, decision_id: str, by: Visitor, now: datetime) -> None:
    """It stays in the list, as one that no longer holds. Raises UnableToAct."""
    member = access.writer_in(by, project.pk)
    standing = Decision.objects.filter(project=project, pk=decision_id, withdrawn_at__isnull=True)
    if not standing.update(withdrawn_at=now):
        raise UnableToAct("gone", _("Someone else has already changed this."))
    text = Decision.objects.values_list("text", flat=True).get(pk=decision_id)
    _tell(project, Kind.DECISION_ENDED, text, member.person, now)


@transaction.atomic
def write_action(*, project: ProjectRoom, content: ActionInput, by: Visitor, now: datetime) -> Action:
    """Raises UnableToAct, and as `access.writer_in`."""
    member = access.writer_in(by, project.pk)
    _refuse_impossible(project, content)
    if project.actions.open().count() >= MOST_OPEN:
        message = _("A project has at most %(most)s open actions. Mark some as done first.")
        raise UnableToAct("too_many", message % {"most": MOST_OPEN})
    action = Action.objects.create(
        project=project,
        text=content.text,
        person=content.person,
        company=content.company,
        due_on=content.due_on,
        remind_at=_first_reminder(content, member.person, now),
        made_by=member.person,
        made_at=now,
    )
    carrying.carry_open_work(room_id=project.pk, now=now)
    _tell(project, Kind.ACTION_ADDED, content.text, member.person, now)
    return action


@transaction.atomic
def change_action(*, action: Action, content: ActionInput, by: Visitor, now: datetime) -> None:
    """Raises UnableToAct."""
    member = access.writer_in(by, action.project_id)
    _refuse_impossible(action.project, content, before=action)
    before = copy(action)
    if (content.person, content.company, content.due_on) != (action.person, action.company, action.due_on):
        action.remind_at = None if action.done_at else _first_reminder(content, member.person, now)
    action.text, action.due_on = content.text, content.due_on
    action.person, action.company = content.person, content.company
    action.revision, action.changed_at = F("revision") + 1, now
    action.save(update_fields=["text", "due_on", "person", "company", "remind_at", "revision", "changed_at"])
    carrying.follow_action(action=action, before=before, now=now)
    _tell(action.project, Kind.ACTION_CHANGED, content.text, member.person, now)


@transaction.atomic
def set_done(
    *,
    action: Action,
    is_done: bool,
    by: Visitor,
    now: datetime,
    is_current: Callable[[Action], bool] | None = None,
) -> None:
    """By whose action it is, also readers, or by whoever writes in the project.

    `is_current` says whether the caller has read the action as it is now. Raises Outdated, and as `access.writer_in`.
    """
    member = access.reader_of(by, action.project_id)
    if not (member.may_write or (_is_of(member.person, action) and member.project.is_open)):
        raise NotAllowed
    if is_current is not None:
        locked = Action.objects.select_for_update(of=["self"]).select_related("company").get(pk=action.pk)
        if not is_current(locked):
            raise Outdated("outdated", _("Someone else has already changed this."))
    owner = ActionInput(text="", person=action.person, company=action.company, due_on=action.due_on)
    changed = Action.objects.filter(pk=action.pk, done_at__isnull=is_done).update(
        done_at=now if is_done else None,
        done_by=member.person if is_done else None,
        remind_at=None if is_done else _first_reminder(owner, member.person, now),
        revision=F("revision") + 1,
        changed_at=now,
    )
    if changed:
        action.done_at = now if is_done else None
        carrying.follow_action(action=action, now=now)
        carrying.carry_open_work(room_id=action.project_id, now=now)
        kind = Kind.ACTION_DONE if is_done else Kind.ACTION_REOPENED
        _tell(member.project, kind, action.text, member.person, now)


def refuse_stranger(*, action: Action, by: Visitor) -> None:
    """Raises as `access.reader_of`, and NotAllowed to somebody whose action it is not, nor their company's."""
    if not _is_of(access.reader_of(by, action.project_id).person, action):
        raise NotAllowed


def _tell(project: ProjectRoom, kind: HistoryEntry.Kind, text: str, by: Person, now: datetime) -> None:
    history.write(project, kind, by=by, now=now, text=text)
    tell_room(project)


def _is_of(person: Person, action: Action) -> bool:
    of_company = action.company_id is not None and action.company_id == person.company_id
    return of_company or action.person_id == person.pk


def remind_of_due_actions(*, now: datetime) -> None:
    """By email the day before an action is due, then each week until it is done; in open projects."""
    due = Action.objects.filter(remind_at__lte=now, project__state=ProjectRoom.State.OPEN)
    due = due.order_by("remind_at")
    for pk in list(due.values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            action = due.filter(pk=pk).select_for_update(of=["self"], skip_locked=True).first()
            if action is None:
                continue
            signals.action_due.send(Action, action=action, people=_people_to_remind(action), now=now)
            action.remind_at = now + AGAIN_AFTER
            action.save(update_fields=["remind_at"])


def _people_to_remind(action: Action) -> list[int]:
    people = memberships.people_of(action.project_id)
    mine = (
        people.filter(pk=action.person_id) if action.person_id else people.filter(company=action.company_id)
    )
    return list(mine.order_by("pk").values_list("pk", flat=True))


def _first_reminder(content: ActionInput, by: Person, now: datetime) -> datetime | None:
    """Not before tomorrow, so that nobody is told at once of what they have just agreed to."""
    if content.due_on is None or (content.person is None and content.company is None):
        return None
    zone = ZoneInfo((content.person or by).timezone)
    return max(
        datetime.combine(content.due_on - timedelta(days=1), REMINDED_AT, zone), now + timedelta(days=1)
    )


def _refuse_empty(text: str) -> None:
    if not text:
        raise UnableToAct("no_text", gettext_of_django("This field is required."), field="text")


def _refuse_impossible(project: ProjectRoom, content: ActionInput, before: Action | None = None) -> None:
    _refuse_empty(content.text)
    if content.person is not None and content.company is not None:
        raise UnableToAct("two_owners", _("Choose a person or a company."), field="owner")
    person, company = content.person, content.company
    if before is not None and (person, company) == (before.person, before.company):
        return  # somebody who has left may still be named
    is_in = (
        memberships.people_of(project.pk).filter(pk=person.pk).exists()
        if person is not None
        else company is None or companies_of(project.pk).filter(pk=company.pk).exists()
    )
    if not is_in:
        raise UnableToAct("not_in", _("Choose someone who is in the project."), field="owner")
