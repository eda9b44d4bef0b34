"""Writing and publishing articles."""

from dataclasses import asdict, dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from companies.languages import LanguageText
from companies.models import Person
from companies.refusals import Refusal
from news.models import Article


@dataclass(frozen=True, kw_only=True)
class ArticleDetails:
    """Without `published_at` it is a draft; with one in the future it appears then."""

    slug: str
    title: LanguageText
    summary: LanguageText = field(default_factory=dict)
    body: LanguageText = field(default_factory=dict)
    published_at: datetime | None = None


class UnableToWrite(Refusal):
    """`code`: slug_taken."""


@transaction.atomic
def write_article(*, author: Person, details: ArticleDetails, now: datetime) -> Article:
    """Raises UnableToWrite."""
    try:
        with transaction.atomic():
            return Article.objects.create(**asdict(details), author=author, created_at=now, updated_at=now)
    except IntegrityError as error:
        message = _("An article with this slug already exists.")
        raise UnableToWrite("slug_taken", message, field="slug") from error
