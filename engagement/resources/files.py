"""The files of documents, in Django's storage STORAGES["resources"]."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from pathlib import Path

from django.db import transaction

from engagement import stored_files
from engagement.resources.models import Resource, resources_storage

FOLDER = "resources"


def name_of(resource_id: str, file_type: str) -> str:
    """The name in the storage."""
    return f"{FOLDER}/{resource_id}.{file_type}"


def has_room_for(size: int) -> bool:
    return stored_files.has_room_for(resources_storage(), size)


def delete_after_commit(resource: Resource) -> None:
    if not resource.is_link:
        transaction.on_commit(partial(resources_storage().delete, name_of(resource.pk, resource.file_type)))


def delete_orphans(now: datetime) -> None:
    def known(ids: list[str]) -> Iterable[str]:
        return Resource.objects.filter(pk__in=ids).values_list("pk", flat=True)

    for path in stored_files.orphans(Path(resources_storage().path(FOLDER)), known, now):
        path.unlink(missing_ok=True)
