"""Discussions of a project between its meetings."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from companies.refusals import Refusal
from companies.views.paging import page_of
from companies.views.request_person import login_required_to_post, submitted_data
from meetings.access import NotAllowed, visitor_of
from projects import access, discussing
from projects.forms import EditPostForm, PostForm, ThreadForm
from projects.models import Post, PostEmails, Thread
from projects.views.pages import page_of_project
from projects.views.terms_first import terms_first

THREADS_PER_PAGE = 30
POSTS_PER_PAGE = 50


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@terms_first
def discussions(request: HttpRequest, room_id: str) -> HttpResponse:
    """A POST starts a discussion."""
    visitor = visitor_of(request)
    member = access.reader_of(visitor, room_id)
    form = ThreadForm(submitted_data(request)[0])
    if form.is_bound:
        access.writer_in(visitor, room_id)
    if form.is_bound and form.is_valid():
        try:
            thread = discussing.start_thread(
                project=member.project, by=visitor, now=timezone.now(), **form.cleaned_data
            )
        except Refusal as refusal:
            form.add_error(refusal.field or None, refusal.message)
        else:
            return redirect("discussion", room_id, thread.pk)
    threads = member.project.threads.with_counts().select_related("started_by")
    context = {
        **page_of_project(member, "discussions"),
        "page": page_of(request, "page", threads, THREADS_PER_PAGE),
        "form": form,
        "emails": access.emails_about_posts(member),
        "choices": PostEmails.Choice.choices,
    }
    return render(request, "projects/discussions.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@terms_first
def discussion(request: HttpRequest, room_id: str, thread_id: str) -> HttpResponse:
    """A POST writes a message. Without `page`, the newest page."""
    visitor = visitor_of(request)
    member = access.reader_of(visitor, room_id)
    thread = access.thread_in(room_id, thread_id)
    form = PostForm(submitted_data(request)[0])
    if form.is_bound:
        access.writer_in(visitor, room_id)
    if form.is_bound and form.is_valid():
        try:
            written = discussing.write_post(
                thread=thread, text=form.cleaned_data["text"], by=visitor, now=timezone.now()
            )
        except Refusal as refusal:
            form.add_error(refusal.field or None, refusal.message)
        else:
            return redirect(f"{reverse('discussion', args=[room_id, thread.pk])}#m{written.pk}")
    posts = thread.posts.order_by("written_at", "pk").select_related("written_by__company", "deleted_by")
    page = page_of(request, "page", posts, POSTS_PER_PAGE)
    if "page" not in request.GET:
        page = page.paginator.get_page(page.paginator.num_pages)
    context = {
        **_context(member, thread),
        "page": page,
        "form": form,
        "may_delete": member.may_delete(thread.started_by_id),
    }
    return render(request, "projects/discussion.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
@terms_first
def post(request: HttpRequest, room_id: str, thread_id: str, post_id: str) -> HttpResponse:
    """Leads to the page of the discussion that it stands on."""
    access.reader_of(visitor_of(request), room_id)
    found = _post(room_id, thread_id, post_id)
    before = found.thread.posts.filter(written_at__lt=found.written_at).count()
    page = reverse("discussion", args=[room_id, thread_id])
    return redirect(f"{page}?page={before // POSTS_PER_PAGE + 1}#m{found.pk}")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@terms_first
def edit_post(request: HttpRequest, room_id: str, thread_id: str, post_id: str) -> HttpResponse:
    visitor = visitor_of(request)
    member = access.writer_in(visitor, room_id)
    edited = _post(room_id, thread_id, post_id)
    if edited.written_by_id != member.person.pk:
        raise NotAllowed
    form = EditPostForm(submitted_data(request)[0], initial={"text": edited.text})
    if form.is_bound:
        form.refuse_outdated()
    if form.is_bound and form.is_valid():
        try:
            discussing.edit_post(post=edited, text=form.cleaned_data["text"], by=visitor, now=timezone.now())
        except Refusal as refusal:
            form.add_error(refusal.field or None, refusal.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("discussion", room_id, thread_id)
    context = {**_context(member, edited.thread), "form": form}
    return render(request, "projects/edit_post.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@terms_first
def delete_post(request: HttpRequest, room_id: str, thread_id: str, post_id: str) -> HttpResponse:
    """A page asks first."""
    visitor = visitor_of(request)
    member = access.writer_in(visitor, room_id)
    doomed = _post(room_id, thread_id, post_id)
    if not member.may_delete(doomed.written_by_id):
        raise NotAllowed
    if request.method == "POST":
        try:
            discussing.delete_post(post=doomed, by=visitor, now=timezone.now())
        except Refusal as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("Message deleted."))
        return redirect("discussion", room_id, thread_id)
    context = {
        **_context(member, doomed.thread),
        "question": _("Delete this message?"),
        "who": doomed.text,
        "effect": _(
            "The discussion will show that a message was deleted, when and by whom. "
            "Emails already sent are not affected."
        ),
        "button": _("Delete"),
        "back": reverse("discussion", args=[room_id, thread_id]),
    }
    return render(request, "projects/confirm.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@terms_first
def delete_discussion(request: HttpRequest, room_id: str, thread_id: str) -> HttpResponse:
    """A page asks first."""
    visitor = visitor_of(request)
    member = access.writer_in(visitor, room_id)
    thread = access.thread_in(room_id, thread_id)
    if not member.may_delete(thread.started_by_id):
        raise NotAllowed
    if request.method == "POST":
        discussing.delete_thread(thread=thread, by=visitor, now=timezone.now())
        messages.success(request, _("The discussion has been deleted."))
        return redirect("discussions", room_id)
    context = {
        **_context(member, thread),
        "question": _("Delete this discussion?"),
        "who": thread.subject,
        "effect": _(
            "All its messages will be deleted, and answers by email will no longer arrive. "
            "The history will show its subject and who deleted it."
        ),
        "button": _("Delete the discussion"),
        "back": reverse("discussion", args=[room_id, thread_id]),
    }
    return render(request, "projects/confirm.html", context)


@login_required_to_post
@require_POST
@terms_first
def choose_post_emails(request: HttpRequest, room_id: str) -> HttpResponse:
    visitor = visitor_of(request)
    project = access.reader_of(visitor, room_id).project
    choice = request.POST.get("choice", "")
    if choice not in PostEmails.Choice.values:
        raise Http404
    discussing.choose_emails(project=project, choice=PostEmails.Choice(choice), by=visitor)
    messages.success(request, _("Saved."))
    return redirect("discussions", room_id)


def _post(room_id: str, thread_id: str, post_id: str) -> Post:
    return access.post_in(access.thread_in(room_id, thread_id), post_id)


def _context(member: access.Membership, thread: Thread) -> dict[str, object]:
    return {
        **page_of_project(member, "discussions"),
        "thread": thread,
    }
