"""The secretariat's pages of companies: all of them, a new one, which are in the directory."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from companies import access, administering, editing
from companies.models import Company
from companies.secretariat_forms import CompanyFilter, NewCompanyForm
from companies.views.paging import page_of
from companies.views.request_person import login_required_to_post, person_of, submitted_data

PER_PAGE = 50


@login_required
@require_safe
def companies_page(request: HttpRequest) -> HttpResponse:
    filters = CompanyFilter(request.GET)
    words, group = filters.value_of("q").strip(), filters.value_of("group")
    found = _matching(access.companies_to_manage(person_of(request)), words, group)
    page = page_of(request, "page", found, PER_PAGE)
    context = {"filters": filters, "is_filtered": bool(words or group), "page": page, "tab": "companies"}
    return render(request, "companies/secretariat/companies.html", context)


def _matching(companies: QuerySet[Company], words: str, group: str) -> QuerySet[Company]:
    conditions = {"hidden": Q(is_listed=False), "no_admin": Q(has_admin=False)}
    found = companies.filter(conditions.get(group, Q()))
    return found.filter(Q(name__folds=words) | Q(city__folds=words)) if words else found


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_company(request: HttpRequest) -> HttpResponse:
    access.secretariat(person_of(request))
    form = NewCompanyForm(submitted_data(request)[0])
    if form.is_bound and form.is_valid():
        try:
            company = editing.add_company_named(now=timezone.now(), **form.cleaned_data)
        except editing.UnableToAdd as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            messages.success(request, _("Company added. Now add its people and a description."))
            return redirect("edit_company", company.slug)
    context = {"form": form, "tab": "companies"}
    return render(
        request, "companies/secretariat/new_company.html", context, status=422 if form.errors else 200
    )


@login_required_to_post
@require_POST
def list_company(request: HttpRequest, slug: str) -> HttpResponse:
    by = access.secretariat(person_of(request))
    company = access.company_for(by, slug)
    is_listed = request.POST.get("do") == "show"
    administering.list_company(company=company, is_listed=is_listed, now=timezone.now())
    done = _("In the directory: %(name)s") if is_listed else _("Hidden from the directory: %(name)s")
    messages.success(request, done % {"name": company.name})
    return redirect("manage_companies")
