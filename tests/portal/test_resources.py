"""Pages of resources: shared by hosts, opened by those who may, on the meeting's page and beside the recording."""

import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from api.models import ApiToken
from companies.models import Person
from engagement.models import Resource, SlideDeck
from engagement.resources.describing import MOST_RESOURCES
from meetings import scheduling
from meetings.access.visitors import SESSION_REGISTRATIONS
from meetings.models import Meeting
from recordings.models import Recording
from rooms.models import Participant, Room, RoomEvent
from tests import factories
from tests.engagement.resources.documents import document, picture

pytestmark = pytest.mark.django_db

LINK = {"what": "link", "title": "The heat map", "address": "värme.example/karta"}


@pytest.fixture(autouse=True)
def own_storage(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def meeting() -> Meeting:
    return factories.meeting()


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def participant_of(meeting: Meeting) -> Client:
    client = Client()
    session = client.session
    session[SESSION_REGISTRATIONS] = [factories.registration(meeting=meeting).pk]
    session.save()
    return client


def over(meeting: Meeting) -> None:
    Meeting.objects.filter(pk=meeting.pk).update(
        state=Meeting.State.ENDED, started_at=meeting.starts_at, ended_at=meeting.ends_at
    )


def uploaded(meeting: Meeting, **sent: Any) -> Resource:
    page = reverse("resources", args=[meeting.pk])
    answer = signed_in(meeting.host).post(
        page, {"what": "file", "title": "Prices", "file": document(), **sent}
    )
    assert answer.status_code == 302, answer.content
    return Resource.objects.order_by("-shared_at")[0]


# ---- the host's page -----------------------------------------------------------------------------------------


def test_a_host_shares_a_link_and_a_document_and_removes_them(meeting: Meeting) -> None:
    host, page = signed_in(meeting.host), reverse("resources", args=[meeting.pk])
    assert "Share links and documents with everyone" in host.get(page).text
    assert host.post(page, LINK).status_code == 302
    sent = {"what": "file", "title": "", "file": document("ods"), "is_shown_before": "on"}
    shown = host.post(page, sent, follow=True).text
    link, table = Resource.objects.order_by("shared_at")
    assert (link.address, link.is_shown_before, link.shared_by) == (
        "https://xn--vrme-loa.example/karta",
        False,
        meeting.host,
    )
    assert (table.title, table.file_type, table.is_shown_before) == ("Heat map", "ods", True)
    assert "värme.example" in shown
    assert reverse("resource_file", args=[meeting.pk, table.pk]) in shown
    events = RoomEvent.objects.filter(room=meeting.room, ev="resource.shared")
    assert [(event.payload["by"], event.person_id) for event in events] == [(None, meeting.host_id)] * 2
    showing = reverse("show_resource", args=[meeting.pk, table.pk])
    for word, is_shown in (("no", False), ("yes", True)):
        assert host.post(showing, {"show": word}).status_code == 302
        table.refresh_from_db()
        assert table.is_shown_before is is_shown
    removing = reverse("remove_resource", args=[meeting.pk, link.pk])
    assert "No one will be able to open it" in host.get(removing).text
    assert host.post(removing).status_code == 302
    assert host.post(removing).status_code == 404
    assert list(Resource.objects.all()) == [table]


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"title": ""}, "This field is required."),
        ({"title": "x" * 121}, "at most 120 characters"),
        ({"address": "http://example.org"}, "begins with https://"),
        ({"address": "javascript:alert(1)"}, "begins with https://"),
        ({"address": "https://bank.example@other.example"}, "begins with https://"),
        ({"what": "file"}, "This field is required."),
        ({"what": "file", "file": "no file"}, "This field is required."),
        ({"what": "file", "file": document("pdf", b"")}, "match its file type"),
        ({"what": "file", "file": document("pdf", b"<html>")}, "match its file type"),
        ({"what": "file", "file": document("exe", b"MZ")}, "Use a PDF"),
        ({"what": "\x00"}, ""),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(
    meeting: Meeting, sent: dict[str, Any], words: str
) -> None:
    answer = signed_in(meeting.host).post(reverse("resources", args=[meeting.pk]), {**LINK, **sent})
    if not words:
        assert answer.status_code == 302
        return
    assert answer.status_code == 422
    assert words in answer.text
    if "title" not in sent:
        assert "The heat map" in answer.text
    assert not Resource.objects.exists()


def test_a_full_list_says_so_and_a_cancelled_meeting_takes_none(meeting: Meeting) -> None:
    for _ in range(MOST_RESOURCES):
        factories.resource(meeting)
    host, page = signed_in(meeting.host), reverse("resources", args=[meeting.pk])
    assert "maximum number of resources" in host.get(page).text
    answer = host.post(page, LINK)
    assert (answer.status_code, "at most 20 resources" in answer.text) == (422, True)
    Meeting.objects.filter(pk=meeting.pk).update(state=Meeting.State.CANCELLED)
    answer = host.post(page, LINK)
    assert (answer.status_code, "cancelled" in answer.text) == (422, True)
    assert Resource.objects.count() == MOST_RESOURCES


def test_more_can_follow_after_the_meeting(meeting: Meeting) -> None:
    over(meeting)
    assert signed_in(meeting.host).post(reverse("resources", args=[meeting.pk]), LINK).status_code == 302


def test_the_next_meeting_of_a_series_gets_a_copy(meeting: Meeting) -> None:
    Meeting.objects.filter(pk=meeting.pk).update(series=factories.series(), series_position=1)
    meeting.refresh_from_db()
    following = factories.meeting(
        host=meeting.host, series=meeting.series, starts_at=meeting.starts_at + timedelta(days=7)
    )
    resource = uploaded(meeting)
    host = signed_in(meeting.host)
    again = reverse("use_resource_again", args=[meeting.pk, resource.pk])
    assert again in host.get(reverse("resources", args=[meeting.pk])).text
    answer = host.post(again)
    assert answer["Location"] == reverse("resources", args=[following.pk])
    copy = Resource.objects.get(meeting=following.pk)
    assert host.get(reverse("resource_file", args=[following.pk, copy.pk])).status_code == 200
    last = reverse("use_resource_again", args=[following.pk, copy.pk])
    assert host.post(last).status_code == 404


def test_a_resource_of_another_meeting_is_not_found_here(meeting: Meeting) -> None:
    other = factories.resource(factories.meeting(host=meeting.host))
    for page in ("remove_resource", "show_resource", "use_resource_again"):
        address = reverse(page, args=[meeting.pk, other.pk])
        assert signed_in(meeting.host).post(address).status_code == 404
    assert Resource.objects.exists()


def test_what_was_shared_for_a_draft_goes_with_it(django_capture_on_commit_callbacks: Any) -> None:
    room = factories.room(companies=[factories.company()])
    draft = factories.meeting(room=room, state=Meeting.State.DRAFT, kind=Meeting.Kind.PROJECT_MEETING)
    kept = factories.resource(factories.meeting(room=room, kind=Meeting.Kind.PROJECT_MEETING))
    factories.resource(draft)
    with django_capture_on_commit_callbacks(execute=True):
        scheduling.discard_draft(meeting=draft, now=timezone.now())
    assert list(Resource.objects.all()) == [kept]


# ---- who may have it -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_shown_before", [True, False])
@pytest.mark.parametrize("when", ["before", "live", "after"])
@pytest.mark.parametrize("who", ["stranger", "participant", "host"])
def test_the_page_and_the_file_are_for_those_who_may_have_it(
    meeting: Meeting, who: str, when: str, is_shown_before: bool
) -> None:
    resource = uploaded(meeting, **({"is_shown_before": "on"} if is_shown_before else {}))
    if when == "live":
        Meeting.objects.filter(pk=meeting.pk).update(
            state=Meeting.State.LIVE, started_at=timezone.now(), starts_at=timezone.now()
        )
    elif when == "after":
        over(meeting)
    clients = {"stranger": Client(), "participant": participant_of(meeting), "host": signed_in(meeting.host)}
    on_page = is_shown_before or (who != "stranger" and when != "before")
    address = reverse("resource_file", args=[meeting.pk, resource.pk])
    assert (address in clients[who].get(meeting.get_absolute_url()).text) is on_page
    assert clients[who].get(address).status_code == (200 if on_page or who == "host" else 404)


def test_who_may_not_see_the_meeting_has_nothing_of_it() -> None:
    hidden = factories.meeting(visibility=Meeting.Visibility.INVITED)
    resource = uploaded(hidden, is_shown_before="on")
    assert Client().get(reverse("resource_file", args=[hidden.pk, resource.pk])).status_code == 404


def test_a_document_is_an_attachment_that_no_browser_runs(meeting: Meeting) -> None:
    resource = uploaded(meeting, title='Värme "2026" <b>')
    answer = signed_in(meeting.host).get(reverse("resource_file", args=[meeting.pk, resource.pk]))
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")  # type: ignore[attr-defined]
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("attachment; filename")
    assert "sandbox" in answer["Content-Security-Policy"]
    link = factories.resource(meeting)
    assert (
        signed_in(meeting.host).get(reverse("resource_file", args=[meeting.pk, link.pk])).status_code == 404
    )


def test_a_picture_is_stored_without_where_it_was_taken(meeting: Meeting) -> None:
    resource = uploaded(meeting, file=document("jpg", picture("JPEG")))
    answer = signed_in(meeting.host).get(reverse("resource_file", args=[meeting.pk, resource.pk]))
    kept = Image.open(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    assert (kept.format, dict(kept.getexif()), answer["Content-Type"]) == ("WEBP", {}, "image/webp")


def test_the_meetings_page_shows_a_new_one_at_once_and_links_are_harmless(meeting: Meeting) -> None:
    client = Client()
    assert "heat.example.org" not in client.get(meeting.get_absolute_url()).text
    resource = factories.resource(meeting, is_shown_before=True, title="<b>Map</b>")
    shown = client.get(meeting.get_absolute_url()).text
    assert '<a href="https://heat.example.org/map" rel="noopener nofollow">' in shown
    assert "&lt;b&gt;Map&lt;/b&gt;" in shown
    resource.delete()
    assert "heat.example.org" not in client.get(meeting.get_absolute_url()).text


def test_they_are_beside_the_recording_for_those_who_had_them(meeting: Meeting) -> None:
    over(meeting)
    meeting.refresh_from_db()
    factories.resource(meeting, title="For the room")
    factories.resource(meeting, title="For all", is_shown_before=True)
    recording = factories.recording(meeting=meeting, state=Recording.State.PUBLISHED, visibility="public")
    recording.files.create(role="main", content_type="video/webm", size=1)
    for client, expected in ((signed_in(meeting.host), True), (Client(), False)):
        shown = client.get(recording.get_absolute_url()).text
        assert "For all" in shown
        assert ("For the room" in shown) is expected


def test_hosts_change_title_and_address(meeting: Meeting) -> None:
    link, file = factories.resource(meeting), factories.resource(meeting, file_type="pdf", title="Prises")
    client, address = signed_in(meeting.host), reverse("edit_resource", args=[meeting.pk, link.pk])
    assert address in client.get(reverse("resources", args=[meeting.pk])).text
    wrong = client.post(address, {"title": "New map", "address": "http://example.org"})
    assert (wrong.status_code, wrong.context["form"]["title"].value()) == (422, "New map")
    right = {"title": "New map", "address": "https://example.org/map"}
    assert client.post(address, right).status_code == 302
    link.refresh_from_db()
    assert (link.title, link.address) == ("New map", "https://example.org/map")
    of_file = reverse("edit_resource", args=[meeting.pk, file.pk])
    assert "address" not in client.get(of_file).context["form"].fields
    client.post(of_file, {"title": "Prices", "address": "https://example.org/"})
    file.refresh_from_db()
    assert (file.title, file.address, file.file_type) == ("Prices", "", "pdf")
    told = RoomEvent.objects.filter(room=meeting.room, ev="resource.changed").order_by("seq")
    assert [event.payload["resource"]["title"] for event in told] == ["New map", "Prices"]


def test_longer_texts_than_a_frame_holds_are_refused_to_a_change_too(meeting: Meeting) -> None:
    for number in range(7):
        factories.resource(meeting, title=f"{number}", address="https://example.org/" + "x" * 770)
    last = factories.resource(meeting, title="Map", address="https://example.org/")
    edit = reverse("edit_resource", args=[meeting.pk, last.pk])
    long = {"title": "Map", "address": "https://example.org/" + "x" * 779}
    assert signed_in(meeting.host).post(edit, long).status_code == 422
    assert signed_in(meeting.host).post(edit, {**long, "address": "https://example.org/"}).status_code == 302


# ---- in the room ---------------------------------------------------------------------------------------------


def test_speakers_upload_in_the_room_and_who_may_enter_downloads(meeting: Meeting) -> None:
    speaker = factories.member()
    factories.role(meeting, speaker)
    address = reverse("room_resources", args=[meeting.room_id])
    answer = signed_in(speaker).post(address, {"file": document("txt")})
    assert answer.status_code == 201
    resource = Resource.objects.get(pk=answer.json()["resource"])
    assert (resource.shared_by, resource.meeting, resource.is_shown_before) == (speaker, meeting.pk, False)
    wrong = signed_in(speaker).post(address, {"file": document("txt", b"\0")})
    assert (wrong.status_code, "match its file type" in wrong.json()["detail"]) == (422, True)
    download = reverse("room_resource", args=[meeting.room_id, resource.pk])
    guest = participant_of(meeting)
    assert guest.get(download)["Content-Disposition"].startswith("attachment")
    for client in (Client(), signed_in(factories.member())):
        assert client.get(download).status_code == 403
        assert client.post(address, {"file": document()}).status_code == 403
    assert guest.post(address, {"file": document()}).status_code == 403
    elsewhere = factories.resource(factories.meeting(), file_type="pdf")
    foreign = reverse("room_resource", args=[meeting.room_id, elsewhere.pk])
    assert guest.get(foreign).status_code == 404
    assert Resource.objects.count() == 2


@pytest.mark.parametrize("name", ["room_resources", "room_slides"])
def test_who_is_locked_out_of_the_room_uploads_nothing(meeting: Meeting, name: str) -> None:
    """A lock does not keep hosts out."""
    speaker = factories.member()
    factories.role(meeting, speaker)
    Room.objects.filter(pk=meeting.room_id).update(locked_at=timezone.now())
    address = reverse(name, args=[meeting.room_id])
    assert signed_in(speaker).post(address, {"file": document()}).status_code == 403
    assert Resource.objects.count() + SlideDeck.objects.count() == 0
    assert signed_in(meeting.host).post(address, {"file": document()}).status_code == 201


@pytest.mark.parametrize("name", ["room_resources", "room_slides"])
def test_a_file_whose_name_cannot_be_read_needs_a_title(meeting: Meeting, name: str) -> None:
    """Nothing in one person's language stands in for it."""
    address, client = reverse(name, args=[meeting.room_id]), signed_in(meeting.host)
    nameless = document()
    nameless.name = "_.pdf"
    answer = client.post(address, {"file": nameless})
    assert (answer.status_code, answer.json()["detail"]) == (422, "Enter a title.")
    nameless.seek(0)
    assert client.post(address, {"file": nameless, "title": "Prices"}).status_code == 201


def test_whom_a_host_removed_gets_and_gives_nothing(meeting: Meeting) -> None:
    speaker = factories.member()
    factories.role(meeting, speaker)
    resource = uploaded(meeting)
    factories.participant(room=meeting.room, person=speaker, admission=Participant.AdmissionStatus.REMOVED)
    client = signed_in(speaker)
    assert client.get(reverse("room_resource", args=[meeting.room_id, resource.pk])).status_code == 403
    upload = client.post(reverse("room_resources", args=[meeting.room_id]), {"file": document()})
    assert (upload.status_code, Resource.objects.count()) == (403, 1)


def test_a_meeting_that_is_over_takes_no_upload_in_its_room(meeting: Meeting) -> None:
    over(meeting)
    address = reverse("room_resources", args=[meeting.room_id])
    answer = signed_in(meeting.host).post(address, {"file": document()})
    assert (answer.status_code, Resource.objects.count()) == (422, 0)


# ---- for programs --------------------------------------------------------------------------------------------


def call(person: Person, method: str, path: str, body: Any = None, **headers: str) -> Any:
    ApiToken.objects.update_or_create(
        key_hash=ApiToken.hash_of(f"key of {person.pk}"),
        defaults={
            "person": person,
            "scopes": ["meetings:read", "meetings:write"],
            "created_at": timezone.now(),
        },
    )
    return Client().generic(
        method,
        f"/api/v1/meetings/{path}",
        json.dumps(body) if body is not None else "",
        content_type="application/json",
        headers={"authorization": f"Bearer key of {person.pk}", **headers},
    )


def test_a_program_lists_adds_and_removes(meeting: Meeting) -> None:
    path = f"{meeting.pk}/resources"
    body = {"title": "The heat map", "url": "https://värme.example/", "before": True}
    first, again = (call(meeting.host, "POST", path, body, **{"idempotency-key": "k"}) for _ in range(2))
    assert (first.status_code, first.json()) == (201, again.json())
    resource = Resource.objects.get()
    assert first.json() | {"shared_at": ""} == {
        "id": resource.pk,
        "kind": "link",
        "title": "The heat map",
        "url": "https://xn--vrme-loa.example/",
        "type": "",
        "size": 0,
        "before": True,
        "shared_at": "",
    }
    document_of = uploaded(meeting)
    listed = call(meeting.host, "GET", path).json()["items"]
    assert [each["kind"] for each in listed] == ["link", "file"]
    assert listed[1]["url"].endswith(reverse("resource_file", args=[meeting.pk, document_of.pk]))
    assert call(factories.member(), "GET", path).json()["items"] == listed[:1]
    assert call(meeting.host, "DELETE", f"{path}/{resource.pk}").status_code == 204
    assert call(meeting.host, "DELETE", f"{path}/{resource.pk}").status_code == 404
    assert call(factories.member(), "DELETE", f"{path}/{document_of.pk}").status_code == 403
    assert list(Resource.objects.all()) == [document_of]


def test_a_program_changes_a_title_or_an_address(meeting: Meeting) -> None:
    link, file = factories.resource(meeting, title="Map"), factories.resource(meeting, file_type="pdf")
    path = f"{meeting.pk}/resources/"
    assert call(meeting.host, "PATCH", path + link.pk, {"title": "New map"}).json()["title"] == "New map"
    changed = call(meeting.host, "PATCH", path + link.pk, {"url": "https://example.org/"}).json()
    assert (changed["title"], changed["url"]) == ("New map", "https://example.org/")
    for resource, wrong in ((link, {"url": "http://example.org"}), (file, {"url": "https://example.org/"})):
        assert call(meeting.host, "PATCH", path + resource.pk, wrong).status_code == 422
    assert call(factories.member(), "PATCH", path + link.pk, {"title": "Theirs"}).status_code == 403


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"title": ""}, 422),
        ({"title": "x" * 121}, 422),
        ({"url": "http://example.org"}, 422),
        ({"url": ""}, 422),
        ({"url": "https://example.org/" + "x" * 800}, 422),
        ({"url": 7}, 422),
        ({"before": 7}, 422),
        ({"colour": "red"}, 422),
    ],
)
def test_what_a_program_cannot_send_is_refused(meeting: Meeting, change: dict[str, Any], status: int) -> None:
    body = {"title": "Map", "url": "https://heat.example.org/", **change}
    assert call(meeting.host, "POST", f"{meeting.pk}/resources", body).status_code == status
    assert not Resource.objects.exists()
