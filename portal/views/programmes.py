"""Programmes, series, and one registration for a whole series."""

from datetime import datetime

from django.db.models import Count, Q
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from companies.public_page import page_of_list
from companies.shared_pages import cached_for_anonymous
from companies.views.paging import page_of
from meetings import access, registering
from meetings.access import Visitor
from meetings.answers import UnableToAnswer
from meetings.models import Meeting, Series
from meetings.models.meeting import not_over
from meetings.registering import AlreadyRegistered, UnableToRegister
from portal import days
from portal.forms import RegistrationForm
from portal.meeting_cards import MeetingCard, NextAction, cards_of, days_of, with_card_relations
from portal.public_pages import page_of_programme, page_of_series
from portal.views import registration_requests

PER_PAGE = 30
MOST_SPEAKERS = 24
REGISTRATION_ACTIONS = {NextAction.REGISTER, NextAction.WAITLIST}


@require_safe
@cached_for_anonymous
def programmes_page(request: HttpRequest) -> HttpResponse:
    visitor, now = access.visitor_of(request), timezone.now()
    upcoming = access.visible_meetings(visitor).upcoming(now).exclude(programme=None).order_by()
    counts = dict(upcoming.values_list("programme").annotate(Count("pk")))
    today = days.in_reader_zone(now).date()
    last_day = Coalesce("ends_on", "starts_on")
    programmes = access.visible_programmes(visitor).alias(last=last_day)
    is_present = Q(pk__in=counts) | Q(last__isnull=True) | Q(last__gte=today)
    present = page_of(request, "page", programmes.filter(is_present), PER_PAGE)
    past = page_of(request, "past", programmes.exclude(is_present), PER_PAGE)
    page = {
        "section": "programmes",
        "public_page": page_of_list(request, _("Programmes")),
        "page": present,
        "present": [(programme, counts.get(programme.pk, 0)) for programme in present],
        "past_page": past,
        "past": [(programme, 0) for programme in past],
    }
    return render(request, "portal/programmes.html", page)


@require_safe
@cached_for_anonymous
def programme_page(request: HttpRequest, slug: str) -> HttpResponse:
    visitor, now = access.visitor_of(request), timezone.now()
    programme = access.programme_for(visitor, slug)
    meetings = access.visible_meetings(visitor).filter(programme=programme).published()
    upcoming, over = meetings.filter(not_over(now)), meetings.exclude(not_over(now))
    upcoming_page = page_of(
        request, "page", with_card_relations(upcoming).order_by("starts_at", "pk"), PER_PAGE
    )
    past_page = page_of(request, "past", with_card_relations(over).order_by("-starts_at", "pk"), PER_PAGE)
    page = {
        "section": "programmes",
        "programme": programme,
        "public_page": page_of_programme(programme),
        "page": upcoming_page,
        "days": days_of(cards_of(upcoming_page, visitor, now=now), now=now),
        "past_page": past_page,
        "past": cards_of(past_page, visitor, now=now),
        "series": access.series_of(upcoming).order_by("pk")[:PER_PAGE],
        "speakers": access.speakers_at(meetings)[:MOST_SPEAKERS],
        "is_over": past_page.paginator.count > 0 and not upcoming_page.paginator.count,
    }
    return render(request, "portal/programme.html", page)


# ---- a series --------------------------------------------------------------------------------------------


@require_safe
@cached_for_anonymous
def series_page(request: HttpRequest, series_id: str) -> HttpResponse:
    visitor = access.visitor_of(request)
    series = access.series_for(visitor, series_id)
    return _series_page(
        request, visitor, series, _form_for(request, visitor, series, timezone.now()), status=200
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def register_for_series(request: HttpRequest, series_id: str) -> HttpResponse:
    visitor, now = access.visitor_of(request), timezone.now()
    series = access.series_for(visitor, series_id)
    if request.method != "POST":
        return _submission_page(request, visitor, series, now)
    form = _form_for(request, visitor, series, now)
    if not registration_requests.is_acceptable(request, form, series.pk):
        return _series_page(request, visitor, series, form, status=registration_requests.status_of(form))
    try:
        registrations = registering.register_for_series(
            series=series,
            applicant=registration_requests.applicant_of(request, visitor, form),
            now=now,
            among=_visible_ids(visitor, series),
        )
    except AlreadyRegistered as already:
        registrations = [already.registration]
    except UnableToAnswer as refused:  # asked since the form was read
        form.add_answer_errors(refused)
        return _series_page(request, visitor, series, form, status=422)
    except UnableToRegister as refused:
        form.add_error(None, refused.message)
        return _series_page(request, visitor, series, form, status=409)
    if not registration_requests.is_own(visitor, registrations[0]):
        return _redirect_after_submission(request, series, form)
    if visitor.person is None:
        for registration in registrations:
            registration_requests.grant_session_access(request, registration)
    registration_requests.mark_registered(request, series.pk)
    return registration_requests.redirect_page(request, "series", series.pk)


def _form_for(request: HttpRequest, visitor: Visitor, series: Series, now: datetime) -> RegistrationForm:
    """With the questions of all its meetings that are open."""
    questions = registering.questions_for_series(series=series, now=now, among=_visible_ids(visitor, series))
    return registration_requests.form_for(request, visitor, questions)


def _visible_ids(visitor: Visitor, series: Series) -> list[str]:
    return list(access.visible_meetings(visitor).filter(series=series).values_list("pk", flat=True))


def redisplay_form(request: HttpRequest, series_id: str) -> HttpResponse:
    visitor = access.visitor_of(request)
    series = access.series_for(visitor, series_id)
    form = _form_for(request, visitor, series, timezone.now())
    registration_requests.ask_to_resubmit(form)
    return _series_page(request, visitor, series, form, status=403)


def _redirect_after_submission(request: HttpRequest, series: Series, form: RegistrationForm) -> HttpResponse:
    registration_requests.store_submission(request, series.pk, form)
    return registration_requests.redirect_page(request, "register_for_series", series.pk)


def _submission_page(request: HttpRequest, visitor: Visitor, series: Series, now: datetime) -> HttpResponse:
    submission = registration_requests.submission_for(request, series.pk)
    if submission is None:
        return redirect("series", series.pk)
    cards = _cards(visitor, series, now)
    page = {
        "section": "schedule",
        "series": series,
        "submission": submission,
        "cards": [one for one in cards if not one.has_ended],
    }
    return render(request, "portal/series_registration_submitted.html", page)


def _cards(visitor: Visitor, series: Series, now: datetime) -> list[MeetingCard]:
    meetings = access.visible_meetings(visitor).filter(series=series).published().order_by("starts_at")
    return cards_of(with_card_relations(meetings), visitor, now=now)


def _series_page(
    request: HttpRequest, visitor: Visitor, series: Series, form: RegistrationForm, *, status: int
) -> HttpResponse:
    now = timezone.now()
    cards = _cards(visitor, series, now)
    page = {
        "section": "schedule",
        "series": series,
        "public_page": page_of_series(series, [one.meeting for one in cards if not one.has_ended]),
        "cards": cards,
        "days": days_of([card for card in cards if not card.has_ended], now=now),
        "past": [card for card in cards if card.has_ended],
        "open_count": sum(card.next_action in REGISTRATION_ACTIONS for card in cards),
        "own_count": sum(card.registration is not None and not card.has_ended for card in cards),
        "first": cards[0].meeting if cards else None,
        "form": form,
        "is_just_registered": registration_requests.is_just_registered(request, series.pk),
        "is_public": any(card.meeting.visibility == Meeting.Visibility.PUBLIC for card in cards),
    }
    return registration_requests.form_page(request, "portal/series.html", page, status=status)
