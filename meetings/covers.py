"""A host chooses the cover of a meeting, and of the later ones of its series."""

from datetime import datetime

from django.db import transaction

from companies.languages import LanguageText
from companies.pictures import Picture, replace_picture
from meetings.changing_series import following
from meetings.models import Meeting
from meetings.preconditions import lock_all


@transaction.atomic
def change_cover(
    *,
    meeting: Meeting,
    cover: Picture | None,
    words: LanguageText,
    remove: bool = False,
    also_later: bool = False,
    now: datetime,
) -> None:
    """Without `cover` the present one stays and only its description changes. Nobody is notified of a cover."""
    later = [each for each in following(meeting) if each.pk != meeting.pk] if also_later else []
    rows = lock_all([meeting, *later])
    first = next(each for each in rows if each.pk == meeting.pk)
    if cover is not None or remove:
        replace_picture(first, "cover", cover)
    for each in rows:
        if each is not first and each.cover != first.cover:
            replace_picture(each, "cover", None)
            each.cover = first.cover.name
        each.cover_text = words if first.cover else {}
        each.changed_at = now
        each.save(update_fields=["cover", "cover_text", "changed_at"])
