"""The page behind “Answer” in an email about a date poll, for whoever is not signed in."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from companies import zones
from companies.views.request_person import submitted_data
from meetings.access import NotVisible, Visitor
from notifications import links
from projects import access, date_polling
from projects.date_poll_forms import AnswersForm
from projects.memberships import TermsNotAccepted
from projects.views.saving import saved


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer_date_poll(request: HttpRequest, token: str) -> HttpResponse:
    """In the time zone of whom the link belongs to. Opening it changes nothing; who may not read gets nothing."""
    try:
        person, poll = links.resolve_date_poll_link(token)
        access.reader_of(Visitor(person), poll.project_id)
    except (links.LinkNotValid, NotVisible, TermsNotAccepted):
        return render(request, "notifications/date_poll.html", {}, status=404)
    form = AnswersForm(submitted_data(request)[0], poll=poll, person=person)
    now = timezone.now()
    if form.is_bound and saved(
        form,
        lambda: date_polling.answer(poll=poll, answers=form.answers, by=Visitor(person), now=now),
    ):
        messages.success(
            request, _("Thank you. Your answer is saved. You can change it until the poll closes.")
        )
        return redirect("answer_date_poll", token)
    with timezone.override(zones.zone(person.timezone)):
        context = {
            "poll": poll,
            "form": form,
            "takes_answers": poll.project.is_open and poll.takes_answers(now),
            "person": person,
        }
        status = 422 if form.errors else 200
        return render(request, "notifications/date_poll.html", context, status=status)
