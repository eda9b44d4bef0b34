"""Who joins a project and who leaves it: companies, and single people with an end date.

Access begins and ends with the commit: sockets, calendar feeds and links ask for it each time.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from companies.guests import get_or_create_person
from companies.models import Company, Person
from companies.signals import access_changed
from meetings import registering
from meetings import signals as meeting_signals
from meetings.access import Visitor
from meetings.models import Meeting, MeetingRole, Registration
from meetings.registration_states import UnableToWithdraw
from projects import access, history, signals
from projects.leading import FEWEST_COMPANIES, UnableToChange, lock, locked_open
from projects.memberships import companies_of, memberships
from projects.models import HistoryEntry, ProjectMember, ProjectRoom, Role
from rooms.models import Room

BATCH = 200
Kind = HistoryEntry.Kind


# ---- companies -----------------------------------------------------------------------------------------------


@transaction.atomic
def add_company(*, project: ProjectRoom, company: Company, by: Visitor, now: datetime) -> None:
    """Its people are members from now on, and are told by email; not those who have left on their own.

    Raises UnableToChange, and as `access.lead_of`.
    """
    lead = locked_open(project, by)
    _link, is_new = Room.companies.through.objects.get_or_create(room_id=project.pk, company=company)
    if not is_new:
        raise UnableToChange("already_in", _("This company is in the project already."), field="company")
    project.members.filter(company=company).delete()  # of whoever left with it
    history.write(project, Kind.COMPANY_ADDED, by=lead.person, company=company, now=now)
    signals.companies_added.send(
        ProjectRoom, project=project, companies={company.pk}, by=lead.person, now=now
    )
    _joined(project, company.people.values_list("pk", flat=True), now)


@transaction.atomic
def remove_company(*, project: ProjectRoom, company: Company, by: Visitor, now: datetime) -> None:
    """Its people leave with it; whoever was added by email stays. Raises UnableToChange."""
    lead = locked_open(project, by)
    if not companies_of(project.pk).filter(pk=company.pk).exists():
        raise UnableToChange("not_in", _("This company is no longer in the project."))
    if companies_of(project.pk).count() <= FEWEST_COMPANIES:
        raise UnableToChange("too_few_companies", _("A project needs at least two companies."))
    before, had_one = _people(project), access.leads_of(project).exists()
    Room.companies.through.objects.filter(room=project.pk, company=company).delete()
    project.members.filter(company=company).delete()
    _refuse_without_lead(project, had_one=had_one)
    left = before - _people(project)
    ProjectMember.objects.bulk_create(
        (
            ProjectMember(
                project=project, person_id=key, company=company, role=Role.MEMBER, added_at=now, left_at=now
            )
            for key in left
        ),
        ignore_conflicts=True,  # the row of a guest whose last day has passed
    )
    history.write(project, Kind.COMPANY_REMOVED, by=lead.person, company=company, now=now)
    _left(project, left, to=lead.person, now=now)


# ---- people --------------------------------------------------------------------------------------------------


@transaction.atomic
def add_person(
    *, project: ProjectRoom, email: str, role: Role, until: date | None, by: Visitor, now: datetime
) -> ProjectMember:
    """A person of the room's companies, or anybody else, as long as the day `until` in the lead's time zone.

    They are told by email, once. Raises UnableToChange.
    """
    lead = locked_open(project, by)
    person = get_or_create_person(email=email, language=lead.person.language, timezone=lead.person.timezone)
    if not person.is_active:
        raise UnableToChange("inactive", _("This account is closed."), field="email")
    if person.pk in _people(project):
        raise UnableToChange("already_in", _("This person is in the project already."), field="email")
    company = _company_by_which(person, project)
    member, _is_new = ProjectMember.objects.update_or_create(
        project=project,
        person=person,
        defaults={
            "company": company,
            "role": role,
            "until": _end_of(until, lead.person, now)
            if until and role != Role.LEAD and not company
            else None,
            "added_at": now,
            "left_at": None,
        },
    )
    entry = history.write(project, Kind.PERSON_ADDED, by=lead.person, person=person, now=now, role=role.value)
    signals.person_added.send(
        ProjectRoom, project=project, person=person, by=lead.person, entry=entry.pk, now=now
    )
    _joined(project, [person.pk], now)
    return member


@transaction.atomic
def remove_person(*, project: ProjectRoom, person: Person, by: Visitor, now: datetime) -> None:
    """They stay out until they are added again. Raises UnableToChange."""
    lead = locked_open(project, by)
    if person.pk == lead.person.pk:
        return leave(project=project, by=by, now=now)
    _end_membership(project, person, now=now, to=lead.person)
    history.write(project, Kind.PERSON_REMOVED, by=lead.person, person=person, now=now)
    return None


@transaction.atomic
def leave(*, project: ProjectRoom, by: Visitor, now: datetime) -> None:
    """The last lead names another one first. Raises NotVisible, UnableToChange."""
    lock(project)
    person = access.membership_in(by, project.pk).person
    _end_membership(project, person, now=now, to=None)
    history.write(project, Kind.LEFT, by=person, person=person, now=now)


def left_company(person: Person, company: Company, now: datetime) -> None:
    """Whoever has left a company leaves its projects, unless they are in one of them by themselves.

    What they host there goes to a lead. In the transaction of the caller.
    """
    rooms = ProjectRoom.objects.filter(room__companies=company).exclude(state=ProjectRoom.State.CLOSED)
    for project in rooms.select_related("room").order_by("pk"):
        lock(project)
        if person.pk not in _people(project):
            _left(project, {person.pk}, to=None, now=now)
            history.write(project, Kind.LEFT, by=None, person=person, now=now)


@transaction.atomic
def change_role(*, project: ProjectRoom, person: Person, role: Role, by: Visitor, now: datetime) -> None:
    """Takes effect at once, also in the open room. Raises UnableToChange."""
    lead = locked_open(project, by)
    if person.pk not in _people(project):
        raise UnableToChange("not_in", _("This person is no longer in the project."))
    company = _company_by_which(person, project)
    had_one = access.leads_of(project).exists()
    member, is_new = ProjectMember.objects.get_or_create(
        project=project, person=person, defaults={"company": company, "role": role, "added_at": now}
    )
    if not is_new and member.role == role:
        return
    member.role, member.until = role, None if role == Role.LEAD else member.until
    if member.left_at is not None:  # with another company
        member.company, member.left_at = company, None
    member.save(update_fields=["role", "until", "company", "left_at"])
    _refuse_without_lead(project, had_one=had_one)
    history.write(project, Kind.ROLE_CHANGED, by=lead.person, person=person, now=now, role=role.value)
    access_changed.send(Person, people=[person.pk])


def end_due_memberships(*, now: datetime) -> None:
    """Of people whose last day in a project is over: their access has ended by itself, and now their sockets close."""
    due = ProjectMember.objects.filter(until__lte=now, left_at__isnull=True).order_by("until")
    for pk in list(due.values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            member = (
                due.filter(pk=pk).select_related("project", "person").select_for_update(of=["self"]).first()
            )
            if member is None:
                continue
            member.left_at = member.until
            member.save(update_fields=["left_at"])
            history.write(member.project, Kind.ENDED, by=None, person=member.person, now=now)
            _left(member.project, {member.person_id}, to=None, now=now)


# ---- what they share -----------------------------------------------------------------------------------------


def _company_by_which(person: Person, project: ProjectRoom) -> Company | None:
    return companies_of(project.pk).filter(people=person).first()


def _people(project: ProjectRoom) -> set[int]:
    return set(memberships.people_of(project.pk).values_list("pk", flat=True))


def _end_of(day: date, person: Person, now: datetime) -> datetime:
    """The end of that day where the person is. Raises UnableToChange for one that is over."""
    ends = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(person.timezone))
    if ends <= now:
        raise UnableToChange("past", _("This date is in the past."), field="until")
    return ends


def _refuse_without_lead(project: ProjectRoom, *, had_one: bool) -> None:
    if had_one and not access.leads_of(project).exists():
        message = _("A project needs a lead. Make someone else a lead first.")
        raise UnableToChange("last_lead", message)


def _end_membership(project: ProjectRoom, person: Person, *, now: datetime, to: Person | None) -> None:
    if person.pk not in _people(project):
        raise UnableToChange("not_in", _("This person is no longer in the project."))
    had_one = access.leads_of(project).exists()
    ended = {"left_at": now, "until": None, "role": Role.MEMBER, "company": None}
    ProjectMember.objects.update_or_create(
        project=project, person=person, defaults=ended, create_defaults={**ended, "added_at": now}
    )
    _refuse_without_lead(project, had_one=had_one)
    _left(project, {person.pk}, to=to, now=now)


def _joined(project: ProjectRoom, people: Iterable[int], now: datetime) -> None:
    """They are invited to the meetings of the project that are still ahead."""
    access_changed.send(Person, people=list(people))
    for meeting in _ahead(project, now):
        meeting_signals.meeting_scheduled.send(Meeting, meeting=meeting, now=now)


def _left(project: ProjectRoom, people: Collection[int], *, to: Person | None, now: datetime) -> None:
    """Their places in meetings that are still ahead end, those they host go to `to`, and calendar events with them."""
    for meeting in _ahead(project, now):
        _hand_over(meeting, people, to or _another_member(project))
        MeetingRole.objects.filter(meeting=meeting, person__in=people).delete()
        registered = Registration.objects.active().filter(meeting=meeting, person__in=people)
        for registration in registered.order_by("pk"):
            try:
                registering.withdraw(registration=registration, by_person=False, now=now)
            except UnableToWithdraw:  # it ended meanwhile
                continue
        meeting_signals.stage_left.send(Meeting, meeting=meeting, people=set(people), now=now)
    access_changed.send(Person, people=list(people))


def _ahead(project: ProjectRoom, now: datetime) -> list[Meeting]:
    meetings = Meeting.objects.filter(room=project.pk, state__in=Meeting.OPEN_STATES, ends_at__gt=now)
    return list(meetings.select_related("room", "host").order_by("pk").select_for_update(of=["self"]))


def _hand_over(meeting: Meeting, people: Collection[int], to: Person | None) -> None:
    if meeting.host_id not in people or to is None:
        return
    MeetingRole.objects.filter(meeting=meeting, person=to).delete()
    meeting.host = to
    meeting.save(update_fields=["host"])


def _another_member(project: ProjectRoom) -> Person | None:
    lead = access.leads_of(project).select_related("person").order_by("pk").first()
    return lead.person if lead is not None else memberships.people_of(project.pk).order_by("pk").first()
