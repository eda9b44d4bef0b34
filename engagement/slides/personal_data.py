"""Who uploaded slides: exported, and forgotten with the account. The slides are the meeting's, and go after months."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from companies.models import Person
from companies.personal_data import Export, RetentionRule, register, register_impersonal, register_retention
from companies.retention import months_before
from engagement.slides import files
from engagement.slides.models import Presentation, Slide, SlideDeck
from rooms.personal_data import ROOM, add_room_titles


def register_all() -> None:
    register(
        SlideDeck,
        "slides",
        export=Export(
            rows=lambda person: SlideDeck.objects.filter(uploaded_by=person),
            columns=[*ROOM, "title", "pages", "uploaded_at", "is_downloadable", "first_shown_at"],
            prepare=add_room_titles,
            title=_("Slides that you uploaded"),
        ),
        erase=lambda person, _now: _forget_uploader(person),
        without={
            "id": "a number of the service",
            "meeting": "the room's title names it",
            "state": "of the processing",
            "failure": "of the processing",
            "size": "of the processing",
            "claimed_at": "of the processing",
            "attempts": "of the processing",
            "uploaded_by": "the person",
        },
    )
    register_impersonal("the slides of a meeting, and what of them is on stage", Slide, Presentation)
    register_retention(RetentionRule("slides", delete_old_slides))


def _forget_uploader(person: Person) -> None:
    SlideDeck.objects.filter(uploaded_by=person).update(uploaded_by=None)


def delete_old_slides(now: datetime, limit: int) -> int:
    """With their files, after as long as the chat is kept; and files whose room is gone."""
    cutoff = months_before(now, settings.RETENTION_CHAT_MONTHS)
    old = list(
        SlideDeck.objects.filter(uploaded_at__lt=cutoff)
        .order_by("uploaded_at")
        .values_list("pk", flat=True)[:limit]
    )
    for deck_id in old:
        with transaction.atomic():
            SlideDeck.objects.filter(pk=deck_id).delete()
            files.delete_after_commit(deck_id)
    files.delete_orphans(now)
    return len(old)
