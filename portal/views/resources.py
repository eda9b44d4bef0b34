"""Links and documents of one meeting: shared on the host's page or in the room, for everyone there and afterwards."""

from collections.abc import Callable
from functools import partial
from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from companies.refusals import Refusal
from companies.views.request_person import login_required_to_post, person_of, submitted_data
from engagement.models import Resource
from engagement.resources import sharing
from engagement.resources.describing import MOST_RESOURCES, resources_in, shown_resource
from engagement.views.resources import file_of
from meetings import access, changing_series
from meetings.access import Level
from meetings.models import Meeting
from portal import resources
from portal.resource_forms import EditForm, FileForm, LinkForm
from portal.views.room_entries import room_entry
from rooms import policy


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def resources_page(request: HttpRequest, meeting_id: str) -> HttpResponse:
    """The list, a form for a link and one for a document; `what` says which of the two was sent."""
    meeting = _meeting(request, meeting_id)
    data, files = submitted_data(request)
    is_file = data is not None and data.get("what") == "file"
    link_form = LinkForm(None if is_file else data, auto_id="id_link_%s")
    file_form = FileForm(data, files, auto_id="id_file_%s") if is_file else FileForm(auto_id="id_file_%s")
    form: Form = file_form if is_file else link_form
    if form.is_bound and form.is_valid() and _share(request, meeting, form):
        messages.success(request, _("Shared with everyone."))
        return _back(meeting)
    rows = resources.rows_of(meeting)
    context = {
        "meeting": meeting,
        "rows": [(row, shown_resource(row)) for row in rows],
        "link_form": link_form,
        "file_form": file_form,
        "can_share": resources.can_share(meeting),
        "is_full": len(rows) >= MOST_RESOURCES,
        "next_meeting": _next_in_series(meeting) if rows else None,
        "section": "schedule",
    }
    return render(request, "portal/resources/list.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_resource(request: HttpRequest, meeting_id: str, resource_id: str) -> HttpResponse:
    meeting = _meeting(request, meeting_id)
    resource = _resource(meeting, resource_id)
    form = EditForm(submitted_data(request)[0], resource=resource)
    if form.is_bound and form.is_valid() and _change(request, form, resource):
        messages.success(request, _("Saved."))
        return _back(meeting)
    context = {"meeting": meeting, "resource": resource, "form": form, "section": "schedule"}
    return render(request, "portal/resources/edit.html", context, status=422 if form.errors else 200)


def _change(request: HttpRequest, form: EditForm, resource: Resource) -> bool:
    """False, with errors in the form, when it is refused."""
    try:
        sharing.change(
            resource_id=resource.pk,
            room_id=resource.room_id,
            title=form.cleaned_data["title"],
            address=form.cleaned_data.get("address"),
            by=_by(request),
            now=timezone.now(),
        )
    except sharing.UnableToShare as refusal:
        form.add_error(refusal.field or None, refusal.message)
        return False
    except Refusal as refusal:
        raise Http404 from refusal  # somebody has removed it meanwhile
    return True


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def remove_resource(request: HttpRequest, meeting_id: str, resource_id: str) -> HttpResponse:
    meeting = _meeting(request, meeting_id)
    resource = _resource(meeting, resource_id)
    if request.method == "POST":
        removing = partial(sharing.remove, by=_by(request), now=timezone.now())
        _call(request, removing, resource, done=_("Resource removed."))
        return _back(meeting)
    context = {
        "meeting": meeting,
        "question": _("Remove this resource?"),
        "who": resource.title,
        "effect": _("No one will be able to open it any more, in the room or on the meeting page."),
        "button": _("Remove"),
        "is_bad": True,
        "back": reverse("resources", args=[meeting.pk]),
        "section": "schedule",
    }
    return render(request, "meetings/hosting/confirm.html", context)


@login_required_to_post
@require_POST
def show_resource(request: HttpRequest, meeting_id: str, resource_id: str) -> HttpResponse:
    """On the meeting's page before the meeting, or with `show=no` not before it has begun."""
    meeting = _meeting(request, meeting_id)
    is_shown_before = request.POST.get("show") != "no"
    showing = partial(sharing.show_before, is_shown_before=is_shown_before)
    _call(request, showing, _resource(meeting, resource_id))
    return _back(meeting)


@login_required_to_post
@require_POST
def use_resource_again(request: HttpRequest, meeting_id: str, resource_id: str) -> HttpResponse:
    """In the next meeting of the series."""
    meeting = _meeting(request, meeting_id)
    resource, following = _resource(meeting, resource_id), _next_in_series(meeting)
    if following is None:
        raise Http404
    try:
        sharing.use_again(
            resource=resource,
            room_id=following.room_id,
            meeting=following.pk,
            by=_by(request),
            now=timezone.now(),
        )
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return _back(meeting)
    messages.success(request, _("Added to the next meeting."))
    return _back(following)


@require_safe
def resource_file(request: HttpRequest, meeting_id: str, resource_id: str) -> HttpResponseBase:
    """A document, for those whom the meeting's page shows it."""
    visitor = access.visitor_of(request)
    meeting = access.meeting_for(visitor, meeting_id)
    level = access.level_in(visitor, meeting)
    return file_of(request, resources.resource_for(meeting, resource_id, level))


# ---- in the room ---------------------------------------------------------------------------------------------


@require_safe
def room_resource(request: HttpRequest, room_id: str, resource_id: str) -> HttpResponseBase:
    """A document, for those who may be in the room."""
    entry = room_entry(request, room_id, Level.READ)
    meeting = policy.policy_for(entry.room).describe(entry.room).meeting
    return file_of(request, resources_in(room_id, meeting or "").filter(pk=resource_id).first())


@never_cache
@require_POST
def room_resources(request: HttpRequest, room_id: str) -> JsonResponse:
    """Upload in the room: 201 with the resource's id, else `detail` in words."""
    entry = room_entry(request, room_id, Level.SPEAK)
    about = policy.policy_for(entry.room).describe(entry.room)
    form = FileForm(request.POST, request.FILES)
    if about.state == "ended":
        form.add_error(None, _("The meeting is over. You can still upload documents under “Manage meeting”."))
    resource = _upload(form, room_id, about.meeting or "", entry.person.pk) if form.is_valid() else None
    if resource is None:
        errors = [str(error) for found in form.errors.values() for error in found]
        return JsonResponse({"detail": " ".join(errors)}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return JsonResponse({"resource": resource.pk}, status=HTTPStatus.CREATED)


# ---- what they share -----------------------------------------------------------------------------------------


def _meeting(request: HttpRequest, meeting_id: str) -> Meeting:
    return access.meeting_for(access.visitor_of(request), meeting_id, Level.HOST)


def _resource(meeting: Meeting, resource_id: str) -> Resource:
    resource = resources.resource_for(meeting, resource_id, Level.HOST)
    if resource is None:
        raise Http404
    return resource


def _next_in_series(meeting: Meeting) -> Meeting | None:
    return next((one for one in changing_series.following(meeting) if one.pk != meeting.pk), None)


def _share(request: HttpRequest, meeting: Meeting, form: Form) -> Resource | None:
    """None, with errors in the form, when it is refused."""
    if not resources.can_share(meeting):
        form.add_error(None, _("This meeting is cancelled. You can no longer share anything."))
        return None
    if isinstance(form, FileForm):
        return _upload(form, meeting.room_id, meeting.pk, _by(request))
    content = {name: form.cleaned_data[name] for name in ("title", "address", "is_shown_before")}
    return _shared(form, sharing.share_link, meeting.room_id, meeting.pk, _by(request), content)


def _upload(form: FileForm, room_id: str, meeting: str, by: int | None) -> Resource | None:
    content = {name: form.cleaned_data[name] for name in ("title", "file", "is_shown_before")}
    return _shared(form, sharing.share_file, room_id, meeting, by, content)


def _shared(
    form: Form,
    flow: Callable[..., Resource],
    room_id: str,
    meeting: str,
    by: int | None,
    content: dict[str, object],
) -> Resource | None:
    try:
        return flow(room_id=room_id, meeting=meeting, by=by, now=timezone.now(), **content)
    except Refusal as refusal:
        form.add_error(refusal.field or None, refusal.message)
        return None


def _call(request: HttpRequest, flow: Callable[..., object], resource: Resource, *, done: str = "") -> None:
    try:
        flow(resource_id=resource.pk, room_id=resource.room_id)
    except Refusal as refusal:
        raise Http404 from refusal  # somebody has removed it meanwhile
    if done:
        messages.success(request, done)


def _by(request: HttpRequest) -> int | None:
    person = person_of(request)
    return person.pk if person is not None else None


def _back(meeting: Meeting) -> HttpResponse:
    return redirect("resources", meeting_id=meeting.pk)
