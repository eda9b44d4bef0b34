"""The secretariat's pages of fields of work."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from companies import access, editing_topics
from companies.models import Topic
from companies.refusals import Refusal
from companies.secretariat_forms import MergeTopicForm, TopicForm
from companies.views.paging import page_of
from companies.views.request_person import person_of, submitted_data

PER_PAGE = 50


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def topics_page(request: HttpRequest) -> HttpResponse:
    topics = access.topics_to_manage(person_of(request))
    form = TopicForm(submitted_data(request)[0])
    done = _("Field of work added.")
    if _is_done(request, form, lambda: editing_topics.add_topic(**form.cleaned_data), done):
        return redirect("manage_topics")
    context = {"form": form, "page": page_of(request, "page", topics, PER_PAGE), "tab": "topics"}
    return render(request, "companies/secretariat/topics.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def manage_topic(request: HttpRequest, slug: str) -> HttpResponse:
    topic = access.topic_to_manage(person_of(request), slug)
    do = request.POST.get("do", "save") if request.method == "POST" else ""
    form = TopicForm(request.POST if do == "save" else None, initial={"name": topic.name})
    merge_form = MergeTopicForm(request.POST if do == "merge" else None, topic=topic)
    if do == "delete":
        return _delete(request, topic)
    if _is_done(
        request, form, lambda: editing_topics.rename_topic(topic=topic, **form.cleaned_data), _("Saved.")
    ) or _is_done(
        request,
        merge_form,
        lambda: editing_topics.merge_topics(topic=topic, **merge_form.cleaned_data),
        _("Fields of work merged."),
    ):
        return redirect("manage_topics")
    context = {"topic": topic, "form": form, "merge_form": merge_form, "tab": "topics"}
    status = 422 if form.errors or merge_form.errors else 200
    return render(request, "companies/secretariat/topic.html", context, status=status)


def _is_done(request: HttpRequest, form: forms.Form, flow: Callable[[], object], done: str) -> bool:
    """Else the form, if it was sent, says why not."""
    if not (form.is_bound and form.is_valid()):
        return False
    try:
        flow()
    except Refusal as refusal:
        form.add_error(refusal.field or None, refusal.message)
        return False
    messages.success(request, done)
    return True


def _delete(request: HttpRequest, topic: Topic) -> HttpResponse:
    try:
        editing_topics.delete_topic(topic=topic)
    except editing_topics.UnableToEditTopic as refusal:
        messages.error(request, refusal.message)
        return redirect("manage_topic", topic.slug)
    messages.success(request, _("Field of work deleted."))
    return redirect("manage_topics")
