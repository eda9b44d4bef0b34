"""The pages on which the secretariat makes and changes a programme."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from companies.access import secretariat
from companies.views.request_person import person_of, submitted_data
from meetings import access, announcing
from meetings.models import Programme
from meetings.programme_forms import ProgrammeForm


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_programme(request: HttpRequest) -> HttpResponse:
    secretariat(person_of(request))
    return _form_page(request, None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_programme(request: HttpRequest, slug: str) -> HttpResponse:
    secretariat(person_of(request))
    return _form_page(request, access.programme_for(access.visitor_of(request), slug))


def _form_page(request: HttpRequest, programme: Programme | None) -> HttpResponse:
    form = ProgrammeForm(*submitted_data(request), programme=programme)
    if form.is_bound and programme is not None:
        form.refuse_outdated()
    if form.is_bound and form.is_valid():
        try:
            saved = _save(form, programme)
        except announcing.UnableToAnnounce as refusal:
            is_taken = refusal.code == "slug_taken"  # since the form was checked
            message = announcing.title_taken() if is_taken else refusal.message
            form.add_error("title" if is_taken else refusal.field, message)
        else:
            messages.success(request, _("Saved."))
            return redirect("programme", saved.slug)
    context = {"form": form, "programme": programme, "tab": "programmes"}
    return render(request, "meetings/secretariat/programme.html", context, status=422 if form.errors else 200)


def _save(form: ProgrammeForm, programme: Programme | None) -> Programme:
    picture = form.cleaned_data["picture"]
    if programme is None:
        return announcing.announce_programme(details=form.details(), picture=picture, now=timezone.now())
    return announcing.change_programme(
        programme=programme,
        details=form.details(),
        picture=picture,
        no_picture=form.cleaned_data.get("no_picture", False),
    )
