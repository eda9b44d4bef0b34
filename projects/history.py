"""One line in a project's history, written in the transaction of what it tells."""

from datetime import datetime

from companies.models import Company, Person
from projects.models import HistoryEntry, ProjectRoom


def write(
    project: ProjectRoom,
    kind: HistoryEntry.Kind,
    *,
    by: Person | None,
    now: datetime,
    person: Person | None = None,
    company: Company | None = None,
    **details: object,
) -> HistoryEntry:
    return HistoryEntry.objects.create(
        project=project, kind=kind, by=by, person=person, company=company, details=details, at=now
    )
