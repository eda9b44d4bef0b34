"""The project sheet, drafted and published by leads; and contact requests of those who have read it."""

from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from companies.guests import get_or_create_person
from companies.languages import LanguageText
from companies.models import Person
from companies.refusals import Refusal
from companies.retention import delete_in_batches, months_before
from meetings.access import NotVisible, Visitor
from projects import access, history, signals
from projects.leading import locked_open
from projects.models import (
    HistoryEntry,
    PartnerRequest,
    ProjectRoom,
    ProjectSheet,
    PublishedSheet,
)
from projects.models.sheet import SHEET_FIELDS

REQUESTS_A_DAY = 3  # of one address, to all projects
REQUESTS_TO_A_SHEET = 30  # a day
CONFIRMED_WITHIN = timedelta(days=3)
KEPT_MONTHS = 24


class UnableToSeek(Refusal):
    """`code`: no_title, no_aim, no_sought (when publishing), past, too_many, answered, no_text."""


@dataclass(frozen=True, kw_only=True)
class SheetInput:
    title: LanguageText
    aim: LanguageText = field(default_factory=dict)
    sought: LanguageText = field(default_factory=dict)
    partners: str = ""
    countries: tuple[str, ...] = ()
    budget: LanguageText = field(default_factory=dict)
    call: LanguageText = field(default_factory=dict)
    deadline: date | None = None


@dataclass(frozen=True, kw_only=True)
class RequestInput:
    """`name` and `email` count for somebody who is not signed in."""

    text: str
    name: str
    company_name: str
    email: str = ""
    language: str = ""
    timezone: str = ""


# ---- the sheet -------------------------------------------------------------------------------------------------


@transaction.atomic
def save_sheet(*, project: ProjectRoom, content: SheetInput, by: Visitor, now: datetime) -> ProjectSheet:
    """The draft alone. Raises UnableToSeek, and as `leading.locked_open`."""
    lead = locked_open(project, by)
    if not any(content.title.values()):
        raise UnableToSeek("no_title", _("Enter this in at least one language."), field="title")
    values = {**asdict(content), "countries": list(content.countries)}
    sheet, _is_new = ProjectSheet.objects.update_or_create(
        project=project, defaults={**values, "changed_at": now, "changed_by": lead.person}
    )
    return sheet


@transaction.atomic
def publish_sheet(*, project: ProjectRoom, by: Visitor, now: datetime) -> None:
    """The draft as it is. Raises UnableToSeek, NotVisible without a draft, and as `leading.locked_open`."""
    lead = locked_open(project, by)
    sheet = ProjectSheet.objects.filter(project=project).first()
    if sheet is None:
        raise NotVisible
    for name, message in (
        ("aim", _("Before you publish the sheet, enter the aim of the project.")),
        ("sought", _("Before you publish the sheet, enter what you are looking for.")),
    ):
        if not any(getattr(sheet, name).values()):
            raise UnableToSeek(f"no_{name}", message, field=name)
    if sheet.deadline is not None and sheet.deadline < now.date():
        raise UnableToSeek("past", _("The deadline is in the past."), field="deadline")
    texts = {name: getattr(sheet, name) for name in SHEET_FIELDS}
    PublishedSheet.objects.update_or_create(
        sheet=sheet, defaults={**texts, "published_at": now, "published_by": lead.person}
    )
    history.write(project, HistoryEntry.Kind.SHEET_PUBLISHED, by=lead.person, now=now, title=sheet.title)


@transaction.atomic
def unpublish_sheet(*, project: ProjectRoom, by: Visitor, now: datetime) -> None:
    """At once; the draft and the requests stay. Raises as `access.lead_of`, also of a project that has ended."""
    lead = access.lead_of(by, project.pk)
    found = PublishedSheet.objects.filter(sheet__project=project)
    if found.exists():
        found.delete()
        history.write(project, HistoryEntry.Kind.SHEET_REMOVED, by=lead.person, now=now)


# ---- contact requests ------------------------------------------------------------------------------------------


@transaction.atomic
def send_request(
    *, sheet: PublishedSheet, content: RequestInput, by: Person | None, now: datetime
) -> PartnerRequest:
    """To the leads at once from somebody who is signed in; a guest confirms the address first.

    Raises UnableToSeek, and NotVisible when the sheet is not public any more.
    """
    access.published_sheet(sheet.pk)
    person = by or get_or_create_person(
        email=content.email, name=content.name, language=content.language, timezone=content.timezone
    )
    _refuse_too_many(sheet, person, now)
    request = PartnerRequest.objects.create(
        sheet_id=sheet.pk,
        person=person,
        name=content.name,
        company_name=content.company_name,
        text=content.text,
        created_at=now,
        confirmed_at=now if by is not None else None,
    )
    if by is None:
        signals.partner_request_to_confirm.send(PartnerRequest, request=request, now=now)
    else:
        _tell_leads(request, now)
    return request


@transaction.atomic
def confirm_request(*, request: PartnerRequest, now: datetime) -> None:
    """Twice does no harm. Raises UnableToSeek, and NotVisible when it is too late or the sheet is public no more."""
    if request.created_at < now - CONFIRMED_WITHIN:
        raise NotVisible
    access.published_sheet(request.sheet_id)
    if request.confirmed_at is None:
        _refuse_too_many_to(request.sheet_id, now)
    if PartnerRequest.objects.filter(pk=request.pk, confirmed_at__isnull=True).update(confirmed_at=now):
        request.confirmed_at = now
        _tell_leads(request, now)


@transaction.atomic
def answer_request(*, request: PartnerRequest, text: str, by: Visitor, now: datetime) -> None:
    """By email, with the address of whoever answers; from then on the leads see the other's address.

    Raises UnableToSeek, and as `leading.locked_open`.
    """
    lead = locked_open(request.sheet.project, by)
    if not text:
        raise UnableToSeek("no_text", _("Enter your answer."), field="text")
    waiting = PartnerRequest.objects.filter(
        pk=request.pk, confirmed_at__isnull=False, answered_at__isnull=True
    )
    if not waiting.update(answer=text, answered_at=now, answered_by=lead.person):
        raise UnableToSeek("answered", _("Someone else has already answered."))
    request.refresh_from_db()
    signals.partner_request_answered.send(PartnerRequest, request=request, now=now)


def delete_old_requests(now: datetime, limit: int) -> int:
    """Those that nobody confirmed in time, and after two years all."""
    lapsed = PartnerRequest.objects.filter(confirmed_at__isnull=True, created_at__lt=now - CONFIRMED_WITHIN)
    old = PartnerRequest.objects.filter(created_at__lt=months_before(now, KEPT_MONTHS))
    return delete_in_batches(lapsed | old, limit)


def _tell_leads(request: PartnerRequest, now: datetime) -> None:
    leads = access.leads_of(request.sheet.project).values_list("person", flat=True)
    signals.partner_request_arrived.send(PartnerRequest, request=request, people=list(leads), now=now)


def _refuse_too_many(sheet: PublishedSheet, person: Person, now: datetime) -> None:
    since = now - timedelta(days=1)
    if PartnerRequest.objects.filter(person=person, created_at__gt=since).count() >= REQUESTS_A_DAY:
        raise _too_many()
    _refuse_too_many_to(sheet.pk, now)


def _refuse_too_many_to(sheet_id: str, now: datetime) -> None:
    """Counts what has reached it: else anybody could close its door with addresses that nobody confirms."""
    since = now - timedelta(days=1)
    arrived = PartnerRequest.objects.filter(sheet=sheet_id, confirmed_at__gt=since)
    if arrived.count() >= REQUESTS_TO_A_SHEET:
        raise _too_many()


def _too_many() -> UnableToSeek:
    message = _("Too many messages for one day. Nothing you entered is lost. Please try again tomorrow.")
    return UnableToSeek("too_many", message)
