"""A person's sessions: sign out one browser, or all of them."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from companies import sessions
from companies.models import Person


@dataclass(frozen=True)
class SignIn:
    """One browser's session, as its owner recognises it."""

    id: int
    browser: str
    address: str
    since: datetime
    is_this: bool


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def sessions_page(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, Person)  # noqa: S101 - login_required has seen to it
    if request.method == "POST":
        return _sign_out(request, request.user)
    this = sessions.session_of(request)
    rows = sessions.active_sessions(timezone.now()).filter(user=request.user).order_by("-created_at")
    shown = [_sign_in(row, this) for row in rows]
    return render(request, "account/sessions.html", {"sign_ins": shown})


def _sign_out(request: HttpRequest, person: Person) -> HttpResponse:
    """One browser by its key; without one all of them, this one too."""
    named = request.POST.get("session", "")
    if not named:
        sessions.sign_out_everywhere(person=person)
        get_adapter().logout(request)
        messages.success(request, _("You have been signed out everywhere."))
        return redirect("home")
    if re.fullmatch(r"[0-9]{1,9}", named) and sessions.end_session(person=person, session=int(named)):
        messages.success(request, _("That browser has been signed out."))
    else:
        messages.info(request, _("That browser was already signed out."))
    return redirect("sessions")


def _sign_in(row: Any, this: int | None) -> SignIn:
    browser = sessions.browser_in_words(row.user_agent)
    return SignIn(row.pk, browser, row.ip, row.created_at, is_this=row.pk == this)
