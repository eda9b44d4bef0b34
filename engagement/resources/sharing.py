"""Giving links and documents to everybody, and taking them away. Each tells the room."""

from datetime import datetime
from pathlib import PurePath
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from companies.refusals import Refusal
from companies.text import cleaned
from engagement.resources import files
from engagement.resources.addresses import BadAddress, stored_address
from engagement.resources.describing import MOST_RESOURCES, info_of, resources_in
from engagement.resources.file_types import MESSAGES, UnableToTake, prepared
from engagement.resources.messages import ResourceChanged, ResourceRemoved, ResourceShared
from engagement.resources.models import LONGEST_TITLE, Resource, resources_storage
from rooms import journal
from rooms.messages import PersonRef
from rooms.models import Room
from rooms.refusals import Refused

LARGEST_TEXTS = 6 * 1024  # bytes of titles and addresses of one meeting: they are shown whole in one frame


class UnableToShare(Refusal):
    """`code`: bad_title, bad_address, too_many, too_much, or a key of file_types.MESSAGES."""


def share_link(
    *,
    room_id: str,
    meeting: str,
    title: str,
    address: str,
    is_shown_before: bool,
    by: int | None,
    now: datetime,
    by_ref: PersonRef | None = None,
) -> Resource:
    """Raises UnableToShare."""
    resource = Resource(
        room_id=room_id,
        meeting=meeting,
        title=_given(title),
        address=_stored(address),
        is_shown_before=is_shown_before,
        shared_by_id=by,
        shared_at=now,
    )
    _insert(resource, by, by_ref, now)
    return resource


def share_file(
    *,
    room_id: str,
    meeting: str,
    file: File[Any],
    title: str,
    is_shown_before: bool,
    by: int | None,
    now: datetime,
    by_ref: PersonRef | None = None,
) -> Resource:
    """Stores the document. Raises UnableToShare.

    The file is stored first: the room is locked no longer than it takes to write a row.
    """
    name = file.name or ""
    try:
        file_type, content = prepared(file, name)
        if not files.has_room_for(content.size):
            raise UnableToTake("disk_full")
    except UnableToTake as problem:
        raise UnableToShare(problem.code, str(MESSAGES[problem.code]), field="file") from problem
    _refuse_too_many(room_id, meeting)
    resource = Resource(
        room_id=room_id,
        meeting=meeting,
        title=_title_of(title, name),
        file_type=file_type,
        size=content.size,
        is_shown_before=is_shown_before,
        shared_by_id=by,
        shared_at=now,
    )
    _store(resource, content, by, by_ref, now)
    return resource


def use_again(*, resource: Resource, room_id: str, meeting: str, by: int | None, now: datetime) -> None:
    """Gives it to another meeting, too: a document has a file of its own there. Raises UnableToShare."""
    copy = Resource(
        room_id=room_id,
        meeting=meeting,
        title=resource.title,
        address=resource.address,
        file_type=resource.file_type,
        size=resource.size,
        is_shown_before=resource.is_shown_before,
        shared_by_id=by,
        shared_at=now,
    )
    if resource.is_link:
        _insert(copy, by, None, now)
        return
    _refuse_too_many(room_id, meeting)
    try:
        with resources_storage().open(files.name_of(resource.pk, resource.file_type)) as content:
            if not files.has_room_for(resource.size):
                raise UnableToShare("disk_full", str(MESSAGES["disk_full"]))
            _store(copy, content, by, None, now)
    except FileNotFoundError as problem:
        raise Refused("not_found") from problem


@transaction.atomic
def remove(
    *,
    resource_id: str,
    room_id: str,
    by: int | None,
    now: datetime,
    by_ref: PersonRef | None = None,
) -> None:
    """With its file. Raises Refused when the room has no such resource."""
    _remove(_locked(resource_id, room_id), by, by_ref, now)


@transaction.atomic
def remove_all(*, room_id: str, meeting: str, now: datetime) -> None:
    """Those of a meeting that is deleted."""
    Room.objects.select_for_update().get(pk=room_id)
    for resource in Resource.objects.select_for_update().filter(room=room_id, meeting=meeting):
        _remove(resource, None, None, now)


@transaction.atomic
def change(
    *, resource_id: str, room_id: str, title: str, address: str | None, by: int | None, now: datetime
) -> Resource:
    """A document has no address. Raises UnableToShare, and Refused when the room has no such resource."""
    resource = _locked(resource_id, room_id)
    resource.title = _given(title)
    if resource.is_link and address is not None:
        resource.address = _stored(address)
    _refuse_too_much(resource)
    resource.save(update_fields=["title", "address"])
    event = ResourceChanged(resource=info_of(resource), at=journal.protocol_time(now))
    journal.write_many(room_id=room_id, events=[journal.NewEvent(event, by)], now=now)
    return resource


@transaction.atomic
def show_before(*, resource_id: str, room_id: str, is_shown_before: bool) -> None:
    """Whether the meeting's page has it before the meeting. Raises Refused."""
    resource = _locked(resource_id, room_id)
    resource.is_shown_before = is_shown_before
    resource.save(update_fields=["is_shown_before"])


# ---- what they share -----------------------------------------------------------------------------------------


def _store(
    resource: Resource, content: File[Any], by: int | None, by_ref: PersonRef | None, now: datetime
) -> None:
    name = files.name_of(resource.pk, resource.file_type)
    try:
        resources_storage().save(name, content)
        _insert(resource, by, by_ref, now)
    except BaseException:
        resources_storage().delete(name)
        raise


@transaction.atomic
def _insert(resource: Resource, by: int | None, by_ref: PersonRef | None, now: datetime) -> None:
    Room.objects.select_for_update().get(pk=resource.room_id)  # so that two at once are counted
    _refuse_too_many(resource.room_id, resource.meeting)
    _refuse_too_much(resource)
    resource.save(force_insert=True)
    event = ResourceShared(
        meeting=resource.meeting, resource=info_of(resource), by=by_ref, at=journal.protocol_time(now)
    )
    journal.write_many(room_id=resource.room_id, events=[journal.NewEvent(event, by)], now=now)


def _refuse_too_many(room_id: str, meeting: str) -> None:
    if resources_in(room_id, meeting).count() >= MOST_RESOURCES:
        message = _("A meeting can have at most %(most)s resources. Remove one first.") % {
            "most": MOST_RESOURCES
        }
        raise UnableToShare("too_many", message)


def _refuse_too_much(new: Resource) -> None:
    others = resources_in(new.room_id, new.meeting).exclude(pk=new.pk)
    known = others.values_list("title", "address")
    texts = [*known, (new.title, new.address)]
    if sum(len(text.encode()) for row in texts for text in row) > LARGEST_TEXTS:
        message = _(
            "Taken together, the titles and addresses of the resources are too long. Shorten this one."
        )
        raise UnableToShare("too_much", message)


def _title_of(title: str, filename: str) -> str:
    """The given one, else the file's name. Raises UnableToShare when neither can be read."""
    return _given(cleaned(title, one_line=True) or PurePath(filename).stem.replace("_", " "))


def _given(title: str) -> str:
    """Raises UnableToShare."""
    found = cleaned(title, one_line=True)[:LONGEST_TITLE].strip()
    if not found:
        raise UnableToShare("bad_title", _("Enter a title."), field="title")
    return found


def _stored(address: str) -> str:
    """Raises UnableToShare."""
    try:
        return stored_address(address)
    except BadAddress as problem:
        message = _("Enter a web address that begins with https://, such as https://example.org/map.")
        raise UnableToShare("bad_address", message, field="address") from problem


def _remove(resource: Resource, by: int | None, by_ref: PersonRef | None, now: datetime) -> None:
    files.delete_after_commit(resource)
    event = ResourceRemoved(resource=resource.pk, by=by_ref, at=journal.protocol_time(now))
    journal.write_many(room_id=resource.room_id, events=[journal.NewEvent(event, by)], now=now)
    resource.delete()


def _locked(resource_id: str, room_id: str) -> Resource:
    resource = Resource.objects.select_for_update(of=("self",)).filter(pk=resource_id, room=room_id).first()
    if resource is None:
        raise Refused("not_found")
    return resource
