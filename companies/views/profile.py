"""The visitor's own profile, and the time zone in which they see times."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from companies import access, profiles, signing_in, zones
from companies.forms import PersonPictureForm, ProfileForm, TimeZoneForm
from companies.models import Person
from companies.views.request_person import login_required_to_post, person_of, submitted_data

A_YEAR = 365 * 24 * 3600
LONGEST_PATH = 2000  # Django refuses to redirect to longer URLs


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def profile_page(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, Person)  # noqa: S101 - login_required has seen to it
    person = access.own_profile(request.user)
    form = ProfileForm(submitted_data(request)[0], instance=person)
    if request.method == "POST" and form.is_valid():
        profiles.change_profile(person=person, details=form.details())
        translation.activate(person.language)
        messages.success(request, _("Your profile has been saved."))
        response = redirect("profile")
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME)  # the profile applies again
        return response
    return _page(request, person, form, PersonPictureForm())


@login_required_to_post
@require_POST
def change_picture(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, Person)  # noqa: S101 - login_required has seen to it
    person = access.own_profile(request.user)
    if request.POST.get("do") == "remove":
        profiles.set_picture(person=person, picture=None)
        messages.success(request, _("Picture removed."))
        return redirect("profile")
    form = PersonPictureForm(*submitted_data(request))
    if not form.is_valid():
        return _page(request, person, ProfileForm(instance=person), form)
    profiles.set_picture(person=person, picture=form.cleaned_data["picture"])
    messages.success(request, _("Picture saved."))
    return redirect("profile")


def _page(
    request: HttpRequest, person: Person, form: ProfileForm, picture_form: PersonPictureForm
) -> HttpResponse:
    context = {
        "form": form,
        "picture_form": picture_form,
        "person": person,
        "feed": request.build_absolute_uri(_feed(person)),
    }
    has_errors = form.errors or picture_form.errors
    return render(request, "companies/profile.html", context, status=422 if has_errors else 200)


def _feed(person: Person) -> str:
    return reverse("calendar_feed", args=[person.calendar_key])


@login_required_to_post
@require_POST
def renew_calendar(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, Person)  # noqa: S101 - login_required has seen to it
    signing_in.renew_calendar_key(person=request.user)
    messages.success(request, _("The calendar has a new address. The old one no longer works."))
    return redirect("profile")


@require_safe
def time_zone_page(request: HttpRequest) -> HttpResponse:
    here = str(timezone.get_current_timezone())
    form = TimeZoneForm(initial={"timezone": here})
    near = [(name, zones.label(name), name == here) for name in zones.NEARBY]
    context = {
        "form": form,
        "here": here,
        "near": near,
        "next": request.GET.get("next", ""),
        "now": timezone.now(),
    }
    return render(request, "companies/time_zone.html", context)


@require_POST
def set_time_zone(request: HttpRequest) -> HttpResponse:
    """Stores it in the profile when signed in, else in a cookie."""
    form = TimeZoneForm(request.POST)
    if not form.is_valid():
        context = {"form": form, "here": str(timezone.get_current_timezone()), "now": timezone.now()}
        return render(request, "companies/time_zone.html", context, status=422)
    name, person = form.cleaned_data["timezone"], person_of(request)
    if person is not None:
        profiles.set_timezone(person=person, name=name)
    messages.success(
        request, _("Times are now shown in this time zone: %(place)s.") % {"place": zones.label(name)}
    )
    response = HttpResponseRedirect(_next(request))
    response.set_cookie(zones.COOKIE, name, max_age=A_YEAR, secure=settings.HTTPS, samesite="Lax")
    return response


def _next(request: HttpRequest) -> str:
    """A path on this site; `redirect` would take other text as the name of a view."""
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    is_path = wanted.startswith("/") and wanted.isprintable() and len(wanted) <= LONGEST_PATH
    return wanted if is_ours and is_path else reverse("time_zone")
