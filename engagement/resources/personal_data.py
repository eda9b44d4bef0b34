"""Who shared a resource: exported, and forgotten with the account. Resources are the meeting's, and go after months."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from companies.models import Person
from companies.personal_data import Export, RetentionRule, register, register_retention
from companies.retention import months_before
from engagement.resources import files
from engagement.resources.models import Resource
from rooms.personal_data import ROOM, add_room_titles


def register_all() -> None:
    register(
        Resource,
        "resources",
        export=Export(
            rows=lambda person: Resource.objects.filter(shared_by=person),
            columns=[*ROOM, "title", "address", "size", "shared_at", "is_shown_before"],
            prepare=add_room_titles,
            title=_("Links and documents that you shared"),
        ),
        erase=lambda person, _now: _forget_sharer(person),
        without={
            "id": "a number of the service",
            "meeting": "the room's title names it",
            "file_type": "of the file, which the meeting's page has",
            "shared_by": "the person",
        },
    )
    register_retention(RetentionRule("resources", delete_old_resources))


def _forget_sharer(person: Person) -> None:
    Resource.objects.filter(shared_by=person).update(shared_by=None)


def delete_old_resources(now: datetime, limit: int) -> int:
    """With their files, after as long as the chat is kept; and files whose room is gone."""
    cutoff = months_before(now, settings.RETENTION_CHAT_MONTHS)
    old = list(Resource.objects.filter(shared_at__lt=cutoff).order_by("shared_at")[:limit])
    for resource in old:
        with transaction.atomic():
            files.delete_after_commit(resource)
            resource.delete()
    files.delete_orphans(now)
    return len(old)
