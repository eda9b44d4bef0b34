"""What the secretariat does with a programme."""

from dataclasses import asdict, dataclass, field
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from companies.languages import LanguageText
from companies.refusals import Refusal
from meetings.models import Programme


@dataclass(frozen=True, kw_only=True)
class ProgrammeDetails:
    slug: str
    kind: str
    title: LanguageText
    timezone: str
    summary: LanguageText = field(default_factory=dict)
    description: LanguageText = field(default_factory=dict)
    starts_on: date | None = None
    ends_on: date | None = None
    place: str = ""
    is_published: bool = False


class UnableToAnnounce(Refusal):
    """`code`: slug_taken, ends_first."""


@transaction.atomic
def announce_programme(*, details: ProgrammeDetails, now: datetime) -> Programme:
    """Raises UnableToAnnounce."""
    if details.ends_on and (details.starts_on is None or details.ends_on < details.starts_on):
        raise UnableToAnnounce(
            "ends_first", _("Enter a start date that is on or before the end date."), field="ends_on"
        )
    try:
        with transaction.atomic():
            return Programme.objects.create(**asdict(details), created_at=now)
    except IntegrityError as error:
        message = _("A programme with this slug already exists.")
        raise UnableToAnnounce("slug_taken", message, field="slug") from error
