"""The secretariat's newsletter to everybody who asked for it: who would get it, and sending it, once to each."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from companies import zones
from companies.languages import LanguageText, codes, in_language
from companies.models import Person
from companies.refusals import Refusal
from notifications import planning, suppressing
from notifications.email_content import as_text
from notifications.messages_without_meeting import newsletter
from notifications.models import Newsletter

logger = structlog.get_logger(__name__)
LONGEST_SUBJECT = 120
LONGEST_INTRODUCTION = 3000
MOST_ARTICLES = 10


@dataclass(frozen=True, kw_only=True)
class ArticleTexts:
    """As it is when the newsletter is sent; `path` of its page."""

    title: LanguageText
    summary: LanguageText
    path: str


@dataclass(frozen=True, kw_only=True)
class WrittenNewsletter:
    subject: LanguageText
    introduction: LanguageText = field(default_factory=dict)
    articles: Sequence[ArticleTexts] = ()

    def row(self, by: Person, now: datetime, *, is_test: bool = False) -> Newsletter:
        return Newsletter(
            sender=by,
            is_test=is_test,
            subject=self.subject,
            introduction=self.introduction,
            articles=[asdict(one) for one in self.articles],
            created_at=now,
        )


@dataclass(frozen=True)
class Version:
    """What `number` people with this language get; `others` are the languages of what is not in it."""

    language: str
    number: int
    subject: str
    text: str
    others: Sequence[str]


class UnableToSendNewsletter(Refusal):
    """`code`: empty or nobody."""


def readers() -> QuerySet[Person]:
    """Everybody who asked for it and whose address works."""
    people = Person.objects.filter(wants_newsletter=True, is_active=True)
    return people.annotate(suppressed=suppressing.reason()).filter(suppressed=None)


def preview(written: WrittenNewsletter, *, by: Person, now: datetime) -> list[Version]:
    """By language, the largest group first; for nobody in the language of `by`. Raises UnableToSendNewsletter."""
    counts: Counter[str] = Counter()
    for language in readers().values_list("language", flat=True).iterator():
        counts[language if language in codes() else settings.LANGUAGE_CODE] += 1
    _refuse_empty(written)
    if not counts:
        counts[by.language if by.language in codes() else settings.LANGUAGE_CODE] = 0
    row = written.row(by, now)
    return [_version(row, language, number) for language, number in counts.most_common()]


def _version(row: Newsletter, language: str, number: int) -> Version:
    texts = [row.subject, row.introduction]
    texts += [article[part] for article in row.articles for part in ("title", "summary")]
    shown = [in_language(one, language) for one in texts]
    others = sorted({one.language for one in shown if one.is_fallback})
    with translation.override(language), timezone.override(zones.zone(settings.DEFAULT_TIMEZONE)):
        content = newsletter(row, language, "")
    return Version(language, number, content.subject, as_text(content), others)


@transaction.atomic
def send_newsletter(
    *, written: WrittenNewsletter, by: Person, now: datetime, key: str = "", is_test: bool = False
) -> Newsletter:
    """The newsletter, and an email to each reader in the outbox; of a test to `by` alone.

    With a `key` that was used before it is the one that was sent then: a button pressed twice sends once. Raises
    UnableToSendNewsletter.
    """
    locked_by = Person.objects.select_for_update(no_key=True).get(pk=by.pk)
    known = Newsletter.objects.filter(pk=key, sender=by).first() if key else None
    if known is not None:
        return known
    people = [by.pk] if is_test else list(readers().order_by("pk").values_list("pk", flat=True))
    _refuse_empty(written)
    if not people:
        raise UnableToSendNewsletter("nobody", _("No one has signed up for the newsletter yet."))
    row = written.row(locked_by, now, is_test=is_test)
    if key and not Newsletter.objects.filter(pk=key).exists():
        row.pk = key
    row.save(force_insert=True)
    planning.plan_newsletter(newsletter=row, people=people, now=now)
    logger.info("newsletter", by=by.pk, count=len(people), is_test=is_test)
    return row


def sent_newsletters() -> QuerySet[Newsletter]:
    return Newsletter.objects.filter(is_test=False).select_related("sender")


def _refuse_empty(written: WrittenNewsletter) -> None:
    if not written.articles and not written.introduction:
        text = _("Choose an article or write an introduction.")
        raise UnableToSendNewsletter("empty", text, field="introduction")
