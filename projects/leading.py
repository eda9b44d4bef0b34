"""What flows of a project's leads share: the project is locked, and the rights are read again under the lock."""

from django.utils.translation import gettext as _

from companies.models import Person
from companies.refusals import Refusal
from companies.signals import access_changed
from meetings.access import Visitor
from projects import access
from projects.access import Membership
from projects.memberships import memberships
from projects.models import ProjectRoom
from rooms.models import Room

FEWEST_COMPANIES = 2


class UnableToChange(Refusal):
    """`code`: no_title, no_text (in no language), past (the last day), inactive (the account), outdated,
    already_in, not_in, last_lead, too_few_companies, not_open (the project), meetings_ahead.
    """


def locked(project: ProjectRoom, by: Visitor) -> Membership:
    """`by` as a lead of the project. Raises NotVisible, TermsNotAccepted, NotAllowed."""
    lock(project)
    return access.lead_of(by, project.pk)


def locked_open(project: ProjectRoom, by: Visitor) -> Membership:
    """The same, of a project that is neither archived nor closed. Raises UnableToChange too."""
    found = locked(project, by)
    if not found.project.is_open:
        raise UnableToChange("not_open", _("This project has ended, so nothing in it can be changed."))
    return found


def lock(project: ProjectRoom) -> None:
    """The room's row, as everything that writes in a room does."""
    Room.objects.select_for_update().get(pk=project.pk)


def reauthorize_everybody(project: ProjectRoom) -> None:
    """After a change that may end the access of anybody in the project."""
    people = memberships.people_of(project.pk).values_list("pk", flat=True)
    access_changed.send(Person, people=list(people))
