"""Creating a project room, which belongs to two or more companies."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from companies.languages import LanguageText
from companies.models import Company, Person
from companies.refusals import Refusal
from projects import history, signals
from projects.leading import FEWEST_COMPANIES
from projects.models import HistoryEntry, ProjectMember, ProjectRoom, Role
from rooms.models import Room


class UnableToCreateRoom(Refusal):
    """`code` is "no_title", "too_few_companies" or "own_company_missing"."""


@transaction.atomic
def create_project_room(
    *, by: Person, title: LanguageText, purpose: LanguageText, companies: Iterable[Company], now: datetime
) -> ProjectRoom:
    """The people of all its companies are its members, and are told of it by email; `by` leads it.

    Raises UnableToCreateRoom.
    """
    chosen = {company.pk: company for company in companies}
    if not any(title.values()):
        raise UnableToCreateRoom("no_title", _("Enter this in at least one language."), field="title")
    if by.company_id not in chosen:
        raise UnableToCreateRoom("own_company_missing", _("The room could not be created."))
    if len(chosen) < FEWEST_COMPANIES:
        raise UnableToCreateRoom(
            "too_few_companies", _("Choose at least one other company."), field="partners"
        )
    room = Room.objects.create(kind=Room.Kind.PROJECT, created_at=now)
    room.companies.set(chosen.values())
    project = ProjectRoom.objects.create(room=room, title=title, purpose=purpose, created_by=by)
    ProjectMember.objects.create(project=project, person=by, company=by.company, role=Role.LEAD, added_at=now)
    history.write(project, HistoryEntry.Kind.CREATED, by=by, now=now)
    signals.companies_added.send(ProjectRoom, project=project, companies=set(chosen), by=by, now=now)
    return project
