"""Fields of work: added, renamed, merged, deleted."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from companies.folding import slug_of
from companies.languages import LanguageText, in_language
from companies.models import Company, Need, Offer, Topic
from companies.refusals import Refusal

LONGEST_SLUG = 50


class UnableToEditTopic(Refusal):
    """`code`: no_name (that makes a web address), taken, used, same, gone."""


@transaction.atomic
def add_topic(*, name: LanguageText) -> Topic:
    """Its web address is made from the name and stays. Raises UnableToEditTopic."""
    slug = slug_of(in_language(name, "en").text, LONGEST_SLUG)
    if not slug:
        message = _("Use at least one letter from A to Z or a number in the name.")
        raise UnableToEditTopic("no_name", message, field="name")
    try:
        with transaction.atomic():
            return Topic.objects.create(slug=slug, name=name)
    except IntegrityError as error:
        message = _("There is already a field of work with this name.")
        raise UnableToEditTopic("taken", message, field="name") from error


@transaction.atomic
def rename_topic(*, topic: Topic, name: LanguageText) -> Topic:
    """Raises UnableToEditTopic."""
    locked = _lock(topic)
    locked.name = name
    locked.save(update_fields=["name"])
    return locked


@transaction.atomic
def merge_topics(*, topic: Topic, into: Topic) -> Topic:
    """Everything with `topic` gets `into`, and `topic` is deleted. Raises UnableToEditTopic."""
    if topic.pk == into.pk:
        raise UnableToEditTopic("same", _("Choose another field of work."), field="into")
    for one in sorted((topic, into), key=lambda one: one.pk):
        _lock(one)
    for model in (Company, Offer, Need):
        column = f"{model._meta.model_name}_id"
        through: Any = model.topics.through
        owners = through.objects.filter(topic=topic.pk).values_list(column, flat=True)
        through.objects.bulk_create(
            [through(**{column: owner, "topic_id": into.pk}) for owner in owners], ignore_conflicts=True
        )
    topic.delete()
    return into


@transaction.atomic
def delete_topic(*, topic: Topic) -> None:
    """Raises UnableToEditTopic while anything has it."""
    locked = _lock(topic)
    if any(model.topics.through.objects.filter(topic=locked.pk).exists() for model in (Company, Offer, Need)):
        message = _("This field of work is in use. Merge it with another one instead.")
        raise UnableToEditTopic("used", message)
    locked.delete()


def _lock(topic: Topic) -> Topic:
    locked = Topic.objects.select_for_update().filter(pk=topic.pk).first()
    if locked is None:
        raise UnableToEditTopic("gone", _("This field of work has been deleted in the meantime."))
    return locked
