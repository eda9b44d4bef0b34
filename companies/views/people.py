"""The secretariat's pages of people: who there is, where they belong, what they may do."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from companies import access, administering, sessions
from companies.models import Person
from companies.secretariat_forms import PeopleFilter, PersonAccessForm
from companies.views.paging import page_of
from companies.views.request_person import person_of, submitted_data

PER_PAGE = 50


@login_required
@require_safe
def people_page(request: HttpRequest) -> HttpResponse:
    by, filters = person_of(request), PeopleFilter(request.GET)
    words, group = filters.value_of("q").strip(), filters.value_of("group")
    found = access.people_without_company(by) if group == "no_company" else access.people_to_manage(by)
    page = page_of(request, "page", _matching(found, words, group), PER_PAGE)
    context = {"filters": filters, "is_filtered": bool(words or group), "page": page, "tab": "people"}
    return render(request, "companies/secretariat/people.html", context)


def _matching(people: QuerySet[Person], words: str, group: str) -> QuerySet[Person]:
    conditions = {
        "company_admin": Q(is_company_admin=True),
        "secretariat": Q(is_secretariat=True),
        "closed": Q(is_active=False),
    }
    found = people.filter(conditions.get(group, Q()))
    if words:
        by_company = Q(company__name__folds=words)
        found = found.filter(Q(name__folds=words) | Q(email__folds=words) | by_company)
    return found


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def manage_person(request: HttpRequest, person_id: int) -> HttpResponse:
    by = access.secretariat(person_of(request))
    person = access.person_to_manage(by, person_id)
    match request.POST.get("do") if request.method == "POST" else "":
        case "sign_out":
            sessions.sign_out_everywhere(person=person)
            messages.success(request, _("Signed out everywhere: %(name)s") % {"name": person})
        case "keep_as_guest":
            administering.keep_as_guest(person=person, now=timezone.now())
            messages.success(request, _("Kept as a guest: %(name)s") % {"name": person})
        case _:
            return _access_page(request, by, person)
    return redirect("manage_person", person.pk)


def _access_page(request: HttpRequest, by: Person, person: Person) -> HttpResponse:
    form = PersonAccessForm(submitted_data(request)[0], person=person, is_own=person == by)
    if form.is_bound and form.is_valid():
        try:
            administering.change_access(person=person, by=by, access=form.access(), now=timezone.now())
        except administering.UnableToAdminister as refusal:
            form.add_error(refusal.field or None, refusal.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("manage_person", person.pk)
    context = {"person": person, "form": form, "is_own": person == by, "tab": "people"}
    return render(request, "companies/secretariat/person.html", context, status=422 if form.errors else 200)
