"""What a host enters for an agenda, on a page or by a program; and what is impossible about it, field by field."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from engagement.agenda.models import LONGEST, LONGEST_NAME, LONGEST_TITLE, AgendaItem

MOST_ITEMS = 30
LARGEST_TEXTS = 6 * 1024  # bytes of JSON, with all languages: an agenda is shown whole in one frame


@dataclass(frozen=True, kw_only=True)
class ItemInput:
    """An item; `id` is that of the one which it replaces, empty for a new one."""

    title: Mapping[str, str]
    minutes: int
    speaker: str = ""
    id: str = ""


def input_of(item: AgendaItem) -> ItemInput:
    return ItemInput(id=item.pk, title=item.title, minutes=item.minutes, speaker=item.speaker)


def problems_of(item: ItemInput) -> list[tuple[str, str]]:
    """As (field, message); empty when nothing is impossible."""
    found = [("title", message) for message in _about_title(item.title)]
    if not 1 <= item.minutes <= LONGEST:
        found.append(("minutes", _("Enter a number from 1 to %(most)s.") % {"most": LONGEST}))
    if len(item.speaker) > LONGEST_NAME:
        found.append(("speaker", _("At most %(most)s characters.") % {"most": LONGEST_NAME}))
    return found


def _about_title(title: Mapping[str, str]) -> list[str]:
    if not any(title.values()):
        return [_("Enter the text in at least one language.")]
    found = []
    if max(map(len, title.values())) > LONGEST_TITLE:
        found.append(_("At most %(most)s characters.") % {"most": LONGEST_TITLE})
    if set(title) - set(settings.ALL_LANGUAGES):
        found.append(_("This language is not supported."))
    return found


def problem_of_all(items: Sequence[ItemInput]) -> str:
    """What is impossible about the agenda as a whole, or nothing."""
    if len(items) > MOST_ITEMS:
        return _("An agenda can have at most %(most)s items.") % {"most": MOST_ITEMS}
    texts = [(dict(item.title), item.speaker) for item in items]
    if len(json.dumps(texts, ensure_ascii=False).encode()) > LARGEST_TEXTS:
        return _("This agenda has too much text. Shorten it.")
    return ""
