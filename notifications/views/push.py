"""Notifications in the visitor's browsers: the page, its two buttons, and the worker that shows them."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from companies import sessions
from companies.sessions import browser_in_words
from companies.views.request_person import login_required_to_post, person_of
from notifications import push_keys, push_service, pushing
from notifications.push_form import MovedPushForm, PushForm


@login_required
@require_safe
@never_cache
def push_page(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    is_on = push_service.is_on()
    context = {
        "key": push_keys.public_key(settings.VAPID_PRIVATE_KEY) if is_on else "",
        "browsers": pushing.browsers_of(person) if person else [],
    }
    return render(request, "notifications/push.html", context)


@login_required_to_post
@require_POST
def turn_on_push(request: HttpRequest) -> HttpResponse:
    """Sent by the page's script with what the browser says."""
    person, form = person_of(request), PushForm(request.POST)
    if person is None or not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    if not push_service.is_on():
        return JsonResponse({}, status=409)
    browser = browser_in_words(request.headers.get("User-Agent", ""))
    pushing.turn_on(
        person=person,
        target=form.target(),
        browser=browser,
        now=now(),
        session=sessions.session_of(request),
    )
    messages.success(request, _("Notifications are on in this browser."))
    return JsonResponse({}, status=201)


@login_required_to_post
@require_POST
def turn_off_push(request: HttpRequest) -> HttpResponse:
    """One of one's own browsers."""
    person, key = person_of(request), request.POST.get("browser", "")
    if person is not None and key.isdecimal() and len(key) < 18:
        pushing.turn_off(person=person, key=int(key))
        messages.success(request, _("Notifications are off in that browser."))
    return redirect("push")


@csrf_exempt  # a worker has no form token; the former address, which nobody else knows, is the authorisation
@require_POST
def move_push(request: HttpRequest) -> HttpResponse:
    """Sent by a browser's worker, whoever is signed in there."""
    form = MovedPushForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    is_known = pushing.move(former=form.cleaned_data["former"], target=form.target())
    return JsonResponse({}, status=200 if is_known else 404)


@require_safe
def push_worker(request: HttpRequest) -> HttpResponse:
    """Its scope is the folder of its address, in which there is no page: it sees no request of any."""
    return render(request, "notifications/push_worker.js", content_type="text/javascript; charset=utf-8")
