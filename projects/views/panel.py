"""The project's decisions and actions as a panel of its live room: a part of a page, which the room's script loads."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from meetings.access import Visitor, visitor_of
from projects import access, acting
from projects.access import Membership
from projects.forms import ActionForm
from projects.views.saving import saved
from projects.views.terms_first import terms_first

MOST_ACTIONS = 50
MOST_DECISIONS = 5


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@terms_first
def project_panel(request: HttpRequest, room_id: str) -> HttpResponse:
    """A POST adds an action or a decision, as `add` says, or says that the action `done` is done."""
    visitor = visitor_of(request)
    member = access.reader_of(visitor, room_id)
    form, said = _form(member, None), ""
    if request.method == "POST" and request.POST.get("done"):
        action = access.action_in(room_id, request.POST["done"])
        acting.set_done(action=action, is_done=True, by=visitor, now=timezone.now())
        said = _("Marked as done.")
    elif request.method == "POST":
        access.writer_in(visitor, room_id)
        typed = _form(member, request.POST)
        said = _add(typed, member, visitor, is_decision=request.POST.get("add") == "decision")
        form = form if said else typed
    context = {
        "room": member.project,
        "member": member,
        "form": form,
        "said": said,
        "today": timezone.localdate(),
        **_work_of(member),
    }
    return render(request, "projects/panel.html", context, status=422 if form.errors else 200)


def _form(member: Membership, data: QueryDict | None) -> ActionForm:
    """One for both: which it is, the button says."""
    form = ActionForm(data, project=member.project, auto_id="project-%s")
    form.fields["text"].label = _("What is to be done, or what was decided?")
    return form


def _add(form: ActionForm, member: Membership, visitor: Visitor, *, is_decision: bool) -> str:
    """What is said of it; empty, with errors in the form, when it was not added."""
    project, now = member.project, timezone.now()
    if is_decision:
        added = saved(
            form,
            lambda: acting.write_decision(
                project=project, text=form.cleaned_data["text"], by=visitor, now=now
            ),
        )
        return _("Decision added.") if added else ""
    added = saved(
        form, lambda: acting.write_action(project=project, content=form.content, by=visitor, now=now)
    )
    return _("Action added.") if added else ""


def _work_of(member: Membership) -> dict[str, object]:
    actions = member.project.actions.open().by_due_day().select_related("person", "company")
    decisions = member.project.decisions.filter(withdrawn_at__isnull=True).order_by("-decided_at", "-pk")
    return {
        "actions": actions[:MOST_ACTIONS],
        "own": set(access.own_actions(Visitor(member.person)).open().values_list("pk", flat=True)),
        "decisions": decisions.select_related("written_by")[:MOST_DECISIONS],
    }
