"""Limits on bodies by sender, and free disk space: checked before a large body is read."""

import asyncio
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as product_settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from api.models import ApiToken
from companies.models import Person
from engagement.resources.file_types import LARGEST_FILE as LARGEST_DOCUMENT
from engagement.slides.rendering import LARGEST_FILE as LARGEST_PDF
from meetings.access.visitors import SESSION_REGISTRATIONS
from meetings.models import Meeting, Registration
from recordings import uploading
from tests import factories
from tests.small_disk import small_disk
from tests.web.test_pages import scope
from webinar_service.web import bodies

LARGEST_FILE = product_settings.UPLOAD_MAX_BYTES + bodies.FORM_AROUND_A_FILE
GIBIBYTE = 1024**3


def with_session(person: Person) -> dict[str, str]:
    client = Client()
    client.force_login(person)
    name = product_settings.SESSION_COOKIE_NAME
    return {"cookie": f"{name}={client.cookies[name].value}"}


def with_token(person: Person) -> dict[str, str]:
    key = f"key of {person.pk}"
    ApiToken.objects.create(
        person=person,
        key_hash=ApiToken.hash_of(key),
        scopes=["recordings:write"],
        created_at=timezone.now(),
    )
    return {"authorization": f"Bearer {key}"}


def most(path: str, headers: dict[str, str]) -> int:
    return bodies.max_bytes_of_sender(scope(path, "POST", headers))


@pytest.mark.django_db
def test_a_whole_recording_is_taken_from_a_host_alone() -> None:
    meeting, attendee = factories.meeting(), factories.person()
    factories.registration(meeting=meeting, person=attendee)
    path = reverse("upload_recording", args=[meeting.pk])
    assert most(path, with_session(meeting.host)) == LARGEST_FILE
    assert most(path, with_session(attendee)) == bodies.ANONYMOUS
    assert most(path, {}) == bodies.ANONYMOUS
    assert most("/meetings/nothing/upload/", with_session(meeting.host)) == bodies.ANONYMOUS


def with_personal_link(registration: Registration) -> dict[str, str]:
    client = Client()
    session = client.session
    session[SESSION_REGISTRATIONS] = [registration.pk]
    session.save()
    name = product_settings.SESSION_COOKIE_NAME
    return {"cookie": f"{name}={client.cookies[name].value}"}


@pytest.mark.django_db
def test_slides_are_taken_from_hosts_and_speakers_also_without_an_account() -> None:
    meeting = factories.meeting()
    speaker, attendee = factories.registration(meeting=meeting), factories.registration(meeting=meeting)
    factories.role(meeting, speaker.person)
    for path in (reverse("slides", args=[meeting.pk]), reverse("room_slides", args=[meeting.room_id])):
        for headers in (with_session(meeting.host), with_personal_link(speaker)):
            assert most(path, headers) == LARGEST_PDF + bodies.FORM_AROUND_A_FILE
        for headers in (with_session(factories.member()), with_personal_link(attendee), {}):
            assert most(path, headers) == bodies.ANONYMOUS
    assert most("/rooms/nothing/slides/", with_session(meeting.host)) == bodies.ANONYMOUS


@pytest.mark.django_db
def test_documents_are_taken_from_hosts_and_in_the_room_from_speakers_too() -> None:
    meeting = factories.meeting()
    speaker, attendee = factories.registration(meeting=meeting), factories.registration(meeting=meeting)
    factories.role(meeting, speaker.person)
    page, room = (
        reverse("resources", args=[meeting.pk]),
        reverse("room_resources", args=[meeting.room_id]),
    )
    whole = LARGEST_DOCUMENT + bodies.FORM_AROUND_A_FILE
    assert [most(path, with_session(meeting.host)) for path in (page, room)] == [whole, whole]
    assert [most(path, with_personal_link(speaker)) for path in (page, room)] == [bodies.ANONYMOUS, whole]
    for headers in (with_session(factories.member()), with_personal_link(attendee), {}):
        assert [most(path, headers) for path in (page, room)] == [bodies.ANONYMOUS, bodies.ANONYMOUS]


@pytest.mark.django_db
def test_a_token_is_ignored_on_pages() -> None:
    meeting = factories.meeting()
    token = with_token(meeting.host)
    assert most(reverse("upload_recording", args=[meeting.pk]), token) == bodies.ANONYMOUS
    assert most("/profile/", token) == bodies.ANONYMOUS
    assert most("/api/v1/meetings", token) == bodies.KNOWN
    assert most("/api/v1/meetings", {"authorization": "Bearer nobody"}) == bodies.ANONYMOUS


@pytest.mark.django_db
def test_a_part_is_taken_from_whose_upload_it_is() -> None:
    meeting, other = factories.meeting(state=Meeting.State.ENDED), factories.member()
    upload = uploading.begin_upload(
        meeting=meeting, by=meeting.host, length=10**6, now=timezone.now() + timedelta(hours=1)
    )
    foreign = with_token(other)
    page, api = reverse("upload", args=[upload.pk]), reverse("api:upload", args=[upload.pk])
    assert most(page, with_session(meeting.host)) == most(api, with_token(meeting.host)) == 16 * 1024**2
    assert most(page, with_session(other)) == most(api, foreign) == bodies.ANONYMOUS
    assert most("/api/v1/uploads/a\0b", foreign) == bodies.ANONYMOUS
    assert most("/profile/", with_session(other)) == bodies.KNOWN


# ---- disk space ------------------------------------------------------------------------------------------


async def read(length: int, receive: Callable[[], Any], path: str = "/meetings/abc/upload/") -> Any:
    async def as_a_host() -> int:
        return bodies.max_bytes(path)

    asked = scope(path, "POST", {"content-length": str(length)})
    async with asyncio.timeout(10):  # a body that must be refused must not be waited for
        return await bodies.read_body(asked, receive, as_a_host)


async def nothing_comes() -> Any:
    await asyncio.Event().wait()


async def test_bodies_still_being_received_count_as_written(settings: Any) -> None:
    settings.MIN_FREE_BYTES = bodies.free_bytes() - 6 * GIBIBYTE
    first = asyncio.ensure_future(read(4 * GIBIBYTE, nothing_comes))
    await asyncio.sleep(0.01)
    assert not first.done()
    with pytest.raises(bodies.NoSpace):
        await read(4 * GIBIBYTE, nothing_comes)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    second = asyncio.ensure_future(read(4 * GIBIBYTE, nothing_comes))
    await asyncio.sleep(0.01)
    assert not second.done()
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    assert bodies._Body.coming == 0


async def test_a_body_is_given_up_when_others_have_filled_the_disk(settings: Any) -> None:
    settings.MIN_FREE_BYTES = bodies.free_bytes() - 6 * GIBIBYTE
    came = 0

    async def much() -> Any:
        nonlocal came
        came += 1
        if came == 3:
            settings.MIN_FREE_BYTES = 10**18
        return {"type": "http.request", "body": b"x" * 4 * 1024**2, "more_body": True}

    with pytest.raises(bodies.NoSpace):
        await read(GIBIBYTE, much)
    assert 3 < came < 10
    assert bodies._Body.coming == 0


async def test_a_disk_that_fills_up_between_two_checks_is_no_server_error(
    tmp_path: Path, settings: Any
) -> None:
    async def without_end() -> Any:
        return {"type": "http.request", "body": b"x" * 1024**2, "more_body": True}

    with small_disk(tmp_path / "disk", size=6 * 1024**2) as folder:
        settings.FILE_UPLOAD_TEMP_DIR, settings.MIN_FREE_BYTES = folder, 0
        with pytest.raises(bodies.NoSpace):
            await read(0, without_end)
        assert bodies.free_bytes() == 6 * 1024**2


async def test_half_a_body_of_who_has_gone_is_no_body() -> None:
    messages = iter(
        [{"type": "http.request", "body": b"email=", "more_body": True}, {"type": "http.disconnect"}]
    )

    async def half() -> Any:
        return next(messages)

    with pytest.raises(bodies.ClientGone):
        await read(0, half)


async def test_a_body_too_large_for_anybody_asks_nothing_about_its_sender() -> None:
    async def asked() -> int:
        raise AssertionError("the database was asked")

    declared = scope("/account/login/", "POST", {"content-length": str(100 * 1024**2)})
    with pytest.raises(bodies.BodyTooLarge):
        await bodies.read_body(declared, nothing_comes, asked)


async def test_a_refused_body_leaves_no_file_open(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []

    class Recorded(tempfile.SpooledTemporaryFile):  # type: ignore[type-arg]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            opened.append(self)

    monkeypatch.setattr(tempfile, "SpooledTemporaryFile", Recorded)
    with pytest.raises(bodies.BodyTooLarge):
        await read(100 * 1024**2, nothing_comes, "/account/login/")
    assert [file.closed for file in opened] == [True]
