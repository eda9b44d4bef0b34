"""A host's page of one meeting: its figures and who registered, also as a file."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from companies.collation import sorted_by_name
from companies.company_names import companies_by_key
from companies.views.paging import page_of
from companies.views.spreadsheet import csv_file
from meetings import access, answers, changing_series, inviting
from meetings.hosting_forms import RegistrationFilter
from meetings.models import Meeting, Registration, RegistrationQuestion

PER_PAGE = 50
STARTS_SOON = timedelta(minutes=30)  # before that nobody starts a meeting from here


@login_required
@require_safe
def host_page(request: HttpRequest, meeting_id: str) -> HttpResponse:
    visitor = access.visitor_of(request)
    meeting = access.meeting_for(visitor, meeting_id, access.Level.HOST)
    filters = RegistrationFilter(request.GET)
    ended = meeting.has_ended(now=timezone.now())
    page = page_of(request, "page", _registrations(meeting, filters), PER_PAGE)
    questions = list(meeting.registration_questions.all())
    roles = list(meeting.roles.select_related("person__company"))
    role_of = {role.person_id: role for role in roles} | {meeting.host_id: None}
    rows = [(one, answers.listed(questions, one.answers), role_of.get(one.person_id)) for one in page]
    context = {
        "meeting": meeting,
        "section": "schedule",
        "figures": _figures(meeting),
        "invited": meeting.invitations.standing().count(),
        "calendar_replies": meeting.calendar_replies.count(),
        "is_open_to_invite": inviting.is_open_to_invite(meeting, now=timezone.now()),
        "filters": filters,
        "page": page,
        "rows": rows,
        "has_answers": any(given for _registration, given, _role in rows),
        "answer_counts": _answer_counts(meeting, questions),
        "roles": roles,
        "may_appoint": meeting.is_open or meeting.state == Meeting.State.DRAFT,
        "later": len(changing_series.following(meeting)) - 1,
        "previous_part": _part_of_series(visitor, meeting, -1),
        "next_part": _part_of_series(visitor, meeting, 1),
        "starts_soon": meeting.starts_at - timezone.now() <= STARTS_SOON,
        "unconfirmed": 0 if ended else meeting.registrations.unverified().count(),
    }
    return render(request, "meetings/hosting/meeting.html", context)


def _part_of_series(visitor: access.Visitor, meeting: Meeting, step: int) -> Meeting | None:
    """The nearest one before (-1) or after (1) that the visitor hosts, too."""
    if meeting.series_id is None:
        return None
    parts = access.hosted_meetings(visitor).filter(series=meeting.series_id)
    if step < 0:
        return parts.filter(series_position__lt=meeting.series_position).order_by("-series_position").first()
    return parts.filter(series_position__gt=meeting.series_position).order_by("series_position").first()


@login_required
@require_safe
def registrations_csv(request: HttpRequest, meeting_id: str) -> HttpResponse:
    visitor = access.visitor_of(request)
    meeting = access.meeting_for(visitor, meeting_id, access.Level.HOST)
    titles = [
        _("Name"),
        _("Email address"),
        _("Company"),
        _("Country"),
        _("Language"),
        _("Status"),
        _("Registered (UTC)"),
    ]
    columns = _answer_columns(meeting)
    registrations = _registrations(meeting, RegistrationFilter(request.GET))
    rows = (_csv_row(registration, columns) for registration in registrations)
    headings = [str(question or key) for key, question in columns.items()]
    return csv_file(f"registrations-{meeting.pk}.csv", [*titles, *headings], rows)


def _answer_columns(meeting: Meeting) -> dict[str, RegistrationQuestion | None]:
    """By key: those asked in their order, removed ones, then what programs stored without a question."""
    rows = sorted(meeting.registration_questions.all(), key=lambda row: (not row.is_asked, row.position or 0))
    given = meeting.registrations.values_list("answers", flat=True)
    free = {str(key) for one in given for key in one} - {row.key for row in rows}
    return {row.key: row for row in rows} | dict.fromkeys(sorted_by_name(free, str))


def _csv_row(registration: Registration, columns: dict[str, RegistrationQuestion | None]) -> list[str]:
    return [
        registration.public_name,
        registration.email,
        company_of(registration),
        registration.country,
        registration.language,
        str(registration.get_state_display()),
        f"{registration.registered_at:%Y-%m-%d %H:%M}",
        *(answers.in_words(question, registration.answers.get(key)) for key, question in columns.items()),
    ]


def _registrations(meeting: Meeting, filters: RegistrationFilter) -> QuerySet[Registration]:
    """Newest first."""
    found = meeting.registrations.select_related("person", "company").order_by("-registered_at", "pk")
    words, state = filters.value_of("q").strip(), filters.value_of("state")
    if state:
        found = found.filter(state=state)
    if words:
        places = ("name", "person__email", "company_name", "company__name")
        matches = Q()
        for place in places:
            matches |= Q(**{f"{place}__folds": words})
        found = found.filter(matches)
    return found


def _answer_counts(meeting: Meeting, questions: list[RegistrationQuestion]) -> list[answers.AnswerCount]:
    given = meeting.registrations.active().order_by().values_list("answers", flat=True)
    return answers.counted(questions, given.iterator(chunk_size=1000))


def _figures(meeting: Meeting) -> dict[str, Any]:
    rows = list(meeting.registrations.active().values_list("state", "company_id", "company_name"))
    states = [state for state, _company, _name in rows]
    seated = sum(state in Registration.SEATED_STATES for state in states)
    companies = companies_by_key((company, name) for _state, company, name in rows)
    return {
        "confirmed": states.count(Registration.State.CONFIRMED),
        "pending": states.count(Registration.State.PENDING),
        "waiting": states.count(Registration.State.WAITLISTED) + states.count(Registration.State.OFFERED),
        "left": None if meeting.capacity is None else max(0, meeting.capacity - seated),
        "companies": len(set(companies) - {""}),
        "all": len(rows),
    }


def company_of(registration: Registration) -> str:
    return registration.company.name if registration.company else registration.company_name
