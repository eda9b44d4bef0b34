"""Terms of confidentiality: a lead writes a version, and every member accepts it before they enter."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from companies.languages import LanguageText
from companies.models import Person
from meetings.access import Visitor
from projects import access, history
from projects.leading import UnableToChange, locked_open, reauthorize_everybody
from projects.models import HistoryEntry, ProjectRoom, ProjectTerms, TermsAcceptance


@transaction.atomic
def write_terms(
    *, project: ProjectRoom, text: LanguageText, expected: int, by: Visitor, now: datetime
) -> ProjectTerms:
    """The version after `expected`: everybody is asked again, and leaves the live room until they accept it.

    Whoever writes it has accepted it. Raises UnableToChange.
    """
    lead = locked_open(project, by)
    if not any(text.values()):
        raise UnableToChange("no_text", _("Enter the text in at least one language."), field="text")
    if lead.project.terms_version != expected:
        raise UnableToChange("outdated", _("Someone else has changed the terms. Read their version first."))
    version = expected + 1
    terms = ProjectTerms.objects.create(
        project=project, version=version, text=text, written_by=lead.person, written_at=now
    )
    ProjectRoom.objects.filter(pk=project.pk).update(terms_version=version)
    history.write(project, HistoryEntry.Kind.TERMS_CHANGED, by=lead.person, now=now, version=version)
    _accept(project, lead.person, version, now)
    reauthorize_everybody(project)
    return terms


@transaction.atomic
def accept_terms(*, project: ProjectRoom, version: int, by: Visitor, now: datetime) -> None:
    """Raises UnableToChange when a newer version was written since `version` was read; NotVisible."""
    member = access.membership_in(by, project.pk)
    if not version or version != member.project.terms_version:
        raise UnableToChange("outdated", _("There is a newer version of these terms. Please read it first."))
    _accept(project, member.person, version, now)


def _accept(project: ProjectRoom, person: Person, version: int, now: datetime) -> None:
    _row, is_new = TermsAcceptance.objects.get_or_create(
        project=project, person=person, version=version, defaults={"accepted_at": now}
    )
    if is_new:
        history.write(project, HistoryEntry.Kind.TERMS_ACCEPTED, by=person, now=now, version=version)
