"""What the secretariat does with a programme."""

from dataclasses import asdict, dataclass, field
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from companies import folding
from companies.languages import LanguageText, in_language
from companies.pictures import Picture, replace_picture
from companies.refusals import Refusal
from meetings.models import Programme

LONGEST_SLUG = 140


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
    picture_text: LanguageText = field(default_factory=dict)
    is_published: bool = False


class UnableToAnnounce(Refusal):
    """`code`: slug_taken, ends_first."""


@transaction.atomic
def announce_programme(
    *, details: ProgrammeDetails, now: datetime, picture: Picture | None = None
) -> Programme:
    """Raises UnableToAnnounce."""
    _refuse_days(details)
    try:
        with transaction.atomic():
            programme = Programme.objects.create(**asdict(details), created_at=now)
    except IntegrityError as error:
        message = _("A programme with this slug already exists.")
        raise UnableToAnnounce("slug_taken", message, field="slug") from error
    if picture is not None:
        replace_picture(programme, "picture", picture)
        programme.save(update_fields=["picture"])
    return programme


@transaction.atomic
def change_programme(
    *,
    programme: Programme,
    details: ProgrammeDetails,
    picture: Picture | None = None,
    no_picture: bool = False,
) -> Programme:
    """Its address stays, so that links in emails and in print keep working. Raises UnableToAnnounce."""
    _refuse_days(details)
    locked = Programme.objects.select_for_update().get(pk=programme.pk)
    for name, value in asdict(details).items():
        if name != "slug":
            setattr(locked, name, value)
    if picture is not None or no_picture:
        replace_picture(locked, "picture", picture)
    locked.save()
    return locked


def slug_of(title: LanguageText) -> str:
    """A web address made from the title; empty when it has no letter for it."""
    return folding.slug_of(in_language(title, "en").text, LONGEST_SLUG)


def problem_of_title(title: LanguageText) -> str:
    """Of a new programme: its address is made from it. Empty when there is none."""
    slug = slug_of(title)
    if not slug:
        return _("Use at least one letter from A to Z or a number in the title.")
    return title_taken() if Programme.objects.filter(slug=slug).exists() else ""


def title_taken() -> str:
    return _("There is already a programme with this title.")


def problem_of_days(starts_on: date | None, ends_on: date | None) -> str:
    """Empty when they are possible."""
    is_wrong = ends_on is not None and (starts_on is None or ends_on < starts_on)
    return _("Enter a start date that is on or before the end date.") if is_wrong else ""


def _refuse_days(details: ProgrammeDetails) -> None:
    problem = problem_of_days(details.starts_on, details.ends_on)
    if problem:
        raise UnableToAnnounce("ends_first", problem, field="ends_on")
