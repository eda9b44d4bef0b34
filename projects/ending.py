"""The life of a project: renamed, archived, reopened, closed for good."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from companies.languages import LanguageText
from meetings.access import Visitor
from meetings.models import Meeting
from projects import history
from projects.leading import UnableToChange, locked, locked_open, reauthorize_everybody
from projects.models import HistoryEntry, ProjectRoom

State = ProjectRoom.State
_KINDS = {
    State.OPEN: HistoryEntry.Kind.REOPENED,
    State.ARCHIVED: HistoryEntry.Kind.ARCHIVED,
    State.CLOSED: HistoryEntry.Kind.CLOSED,
}
_STEPS = {
    (State.OPEN, State.ARCHIVED),
    (State.OPEN, State.CLOSED),
    (State.ARCHIVED, State.OPEN),
    (State.ARCHIVED, State.CLOSED),
}


@transaction.atomic
def describe(
    *, project: ProjectRoom, title: LanguageText, purpose: LanguageText, by: Visitor, now: datetime
) -> None:
    """Gives the project a title and a purpose. Raises UnableToChange."""
    lead = locked_open(project, by)
    if not any(title.values()):
        raise UnableToChange("no_title", _("Enter this in at least one language."), field="title")
    renamed = lead.project.title != title
    ProjectRoom.objects.filter(pk=project.pk).update(title=title, purpose=purpose)
    if renamed:
        history.write(
            project,
            HistoryEntry.Kind.RENAMED,
            by=lead.person,
            now=now,
            before=lead.project.title,
            title=title,
        )


@transaction.atomic
def change_state(
    *, project: ProjectRoom, state: ProjectRoom.State, reason: str, by: Visitor, now: datetime
) -> None:
    """Archived and closed, the live room closes at once. Raises UnableToChange.

    Not while meetings are ahead: people have them in their calendars. A closed project is never opened again.
    """
    lead = locked(project, by)
    if (State(lead.project.state), state) not in _STEPS:
        raise UnableToChange("outdated", _("The project has been changed since you opened this page."))
    if (
        state != State.OPEN
        and Meeting.objects.filter(room=project.pk, state__in=Meeting.OPEN_STATES, ends_at__gt=now).exists()
    ):
        message = _("The project still has a meeting ahead. Cancel it first, or wait until it is over.")
        raise UnableToChange("meetings_ahead", message)
    ProjectRoom.objects.filter(pk=project.pk).update(
        state=state, state_changed_at=now, state_changed_by=lead.person, state_reason=reason
    )
    history.write(project, _KINDS[state], by=lead.person, now=now, reason=reason)
    reauthorize_everybody(project)
