"""Editing a company and its people. For the company's admins and the secretariat."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from companies import access, editing
from companies.collation import sort_key
from companies.company_forms import (
    AddPersonForm,
    BaseListingFormSet,
    CompanyForm,
    ListingFormSet,
    listings_of,
)
from companies.models import Company, Person
from companies.refusals import Outdated
from companies.views.request_person import login_required_to_post, person_of


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit_company(request: HttpRequest, slug: str) -> HttpResponse:
    person = person_of(request)
    company = access.company_to_edit(person, slug)
    if request.method != "POST" or person is None:
        return _page(request, company)
    form = CompanyForm(request.POST, request.FILES, initial=CompanyForm.values_of(company))
    offers = ListingFormSet(request.POST, prefix="offers")
    needs = ListingFormSet(request.POST, prefix="needs")
    form.refuse_outdated(also=_changed_listings(company, offers, needs))
    is_valid = all([form.is_valid(), offers.is_valid(), needs.is_valid()])
    if is_valid and _change(company, person, form, offers, needs):
        messages.success(request, _("The page has been saved."))
        return redirect("company", company.slug)
    return _page(request, company, form=form, offers=offers, needs=needs, status=422)


def _changed_listings(company: Company, offers: BaseListingFormSet, needs: BaseListingFormSet) -> list[str]:
    changed = {
        _("What you offer"): not offers.is_valid() or offers.differs_from(company.offers.all()),
        _("What you need"): not needs.is_valid() or needs.differs_from(company.needs.all()),
    }
    return [label for label, differs in changed.items() if differs]


def _change(
    company: Company, by: Person, form: CompanyForm, offers: BaseListingFormSet, needs: BaseListingFormSet
) -> bool:
    """Else the form says why not."""
    try:
        editing.change_company(
            company=company,
            by=by,
            details=form.details(offers=offers.listings(), needs=needs.listings()),
            now=timezone.now(),
            is_current=lambda saved: CompanyForm.values_of(saved) == form.initial,
        )
    except Outdated as refusal:
        form.add_error(None, refusal.message)
        return False
    return True


def _page(request: HttpRequest, company: Company, *, status: int = 200, **forms: Any) -> HttpResponse:
    context = {
        "section": "companies",
        "company": company,
        "form": CompanyForm(initial=CompanyForm.values_of(company)),
        "offers": ListingFormSet(prefix="offers", initial=listings_of(company.offers.all())),
        "needs": ListingFormSet(prefix="needs", initial=listings_of(company.needs.all())),
        "people": sorted(access.people_of(company), key=_admins_first),
        "add_person": AddPersonForm(),
    }
    return render(request, "companies/edit.html", {**context, **forms}, status=status)


def _admins_first(person: Person) -> tuple[object, ...]:
    return not person.is_company_admin, sort_key(str(person)), person.email


@login_required_to_post
@require_POST
def add_person(request: HttpRequest, slug: str) -> HttpResponse:
    by = person_of(request)
    company = access.company_to_edit(by, slug)
    form = AddPersonForm(request.POST)
    if by is None or not form.is_valid():
        return _page(request, company, add_person=form, status=422)
    try:
        added = editing.add_person(company=company, by=by, now=timezone.now(), **form.cleaned_data)
    except editing.UnableToAdd as refusal:
        form.add_error(refusal.field, refusal.message)
        return _page(request, company, add_person=form, status=422)
    messages.success(request, _("Added to the company: %(name)s") % {"name": added})
    return redirect("edit_company", company.slug)


@login_required_to_post
@require_POST
def change_person(request: HttpRequest, slug: str, person_id: int) -> HttpResponse:
    company, colleague = access.colleague_to_change(person_of(request), slug, person_id)
    try:
        if request.POST.get("do") == "remove":
            editing.remove_person(company=company, person=colleague, now=timezone.now())
        else:
            is_admin = request.POST.get("do") == "make_admin"
            editing.make_company_admin(company=company, person=colleague, is_admin=is_admin)
    except editing.UnableToRemove as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Saved."))
    is_own_role = colleague == request.user and not colleague.is_secretariat
    return redirect("company" if is_own_role else "edit_company", company.slug)
