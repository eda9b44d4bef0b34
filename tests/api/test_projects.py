"""Programs read what a project has, and write actions, as their person may."""

import zipfile
from hashlib import sha256
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from django.test import Client
from django.utils import timezone

from projects import acting, agreeing, discussing, exporting, joining, seeking_partners
from projects.acting import ActionInput
from projects.file_kinds import LARGEST_FILE
from projects.models import Action, DatePoll, Role
from tests import factories
from tests.api.conftest import Program
from tests.factories import NOW
from tests.projects.conftest import Project, project

__all__ = ["project"]  # a fixture


def body(answer: Any) -> Any:
    assert answer.status_code in {200, 201}, answer.content
    return answer.json()


def test_a_program_reads_what_its_person_may(program: Any, project: Project) -> None:
    reads: Program = program(project.member)
    place = f"/projects/{project.room.pk}"
    acting.write_decision(project=project.room, text="24", by=project.by, now=NOW)
    thread = discussing.start_thread(
        project=project.room, subject="Depths", text="Who has them?", by=project.by, now=NOW
    )
    (listed,) = body(reads.get("/projects"))["items"]
    assert (listed["role"], listed["is_accepted"]) == ("member", True)
    assert body(reads.get(place)) == listed
    members = body(reads.get(f"{place}/members"))["items"]
    assert {one["id"]: one["role"] for one in members} == {
        project.lead.pk: "lead",
        project.member.pk: "member",
    }
    assert body(reads.get(f"{place}/decisions"))["items"][0]["text"] == "24"
    (found,) = body(reads.get(f"{place}/discussions"))["items"]
    assert found["subject"] == "Depths"
    (post,) = body(reads.get(f"{place}/discussions/{thread.pk}/messages"))["items"]
    assert (post["text"], post["person"]) == ("Who has them?", project.lead.pk)
    assert program().get(place).status_code == 404


def test_before_the_terms_are_accepted_a_program_learns_the_title_alone(
    program: Any, project: Project
) -> None:
    agreeing.write_terms(project=project.room, text={"en": "Quiet."}, expected=0, by=project.by, now=NOW)
    reads: Program = program(project.member)
    (listed,) = body(reads.get("/projects"))["items"]
    assert (listed["is_accepted"], listed["purpose"]) == (False, {})
    refused = reads.get(f"/projects/{project.room.pk}/actions")
    assert (refused.status_code, refused.json()["code"]) == (403, "terms_not_accepted")


def test_an_action_is_written_once_and_marked_as_done_by_who_has_read_it(
    program: Any, project: Project
) -> None:
    writes: Program = program(project.lead)
    place = f"/projects/{project.room.pk}/actions"
    asked = {"text": "Ask", "person": project.member.pk, "due_on": "2030-01-10"}
    first, again = (body(writes.post(place, asked, Idempotency_Key="a")) for _time in range(2))
    assert first == again
    assert Action.objects.count() == 1
    read = writes.get(f"{place}/{first['id']}")
    stale = {"If_Match": read.headers["ETag"]}
    assert body(writes.patch(f"{place}/{first['id']}", {"is_done": True}, **stale))["done_at"] is not None
    refused = writes.patch(f"{place}/{first['id']}", {"is_done": False}, **stale)
    assert refused.status_code == 412
    assert body(writes.get(f"{place}?state=open"))["items"] == []
    assert [one["id"] for one in body(writes.get(f"{place}?state=done"))["items"]] == [first["id"]]


def test_owners_are_in_the_project_and_readers_write_nothing(program: Any, project: Project) -> None:
    writes: Program = program(project.lead)
    place = f"/projects/{project.room.pk}/actions"
    stranger = program().person
    for owner in ({"person": stranger.pk}, {"company": "none"}):
        refused = writes.post(place, {"text": "Ask", **owner})
        assert (refused.status_code, list(refused.json()["errors"])) == (422, list(owner))
    both = writes.post(place, {"text": "Ask", "person": project.lead.pk, "company": project.ours.slug})
    assert (both.status_code, list(both.json()["errors"])) == (422, ["company"])
    joining.change_role(project=project.room, person=project.member, role=Role.READER, by=project.by, now=NOW)
    reader: Program = program(project.member)
    assert reader.post(place, {"text": "Ask"}).status_code == 403
    own = acting.write_action(
        project=project.room, content=ActionInput(text="Own", person=project.member), by=project.by, now=NOW
    )
    assert body(reader.patch(f"{place}/{own.pk}", {"is_done": True}))["done_at"] is not None


# ---- files -------------------------------------------------------------------------------------------------


def send(writes: Program, upload: str, content: bytes, offset: int = 0) -> Any:
    headers = {
        "Authorization": f"Bearer {writes.token}",
        "Tus-Resumable": "1.0.0",
        "Upload-Offset": str(offset),
    }
    path, kind = urlsplit(upload).path, "application/offset+octet-stream"
    return Client().generic("PATCH", path, content, kind, headers=headers)


def test_a_file_is_uploaded_in_parts_and_read_with_its_versions(program: Any, project: Project) -> None:
    content = b"depth;metres\nNorth;11\n"
    writes, reads = program(project.lead), program(project.member)
    place = f"/projects/{project.room.pk}/files"
    begun = body(writes.post(place, {"name": "Depths.CSV", "size": len(content)}))
    assert send(writes, begun["upload"], content[:5]).headers["Upload-Offset"] == "5"
    assert send(reads, begun["upload"], content[5:], 5).status_code == 404
    assert send(writes, begun["upload"], content[5:], 5).status_code == 204
    (file,) = body(reads.get(place))["items"]
    assert (file["name"], file["version"], file["added_by"]) == ("Depths.csv", 1, project.lead.pk)
    assert body(reads.get(f"{place}/{file['id']}")) == file
    longer = content + b"South;9\n"
    newer = body(writes.post(f"{place}/{file['id']}/versions", {"name": "New.csv", "size": len(longer)}))
    assert send(writes, newer["upload"], longer).status_code == 204
    second, first = body(reads.get(f"{place}/{file['id']}/versions"))["items"]
    assert (second["number"], second["sha256"]) == (2, sha256(longer).hexdigest())
    got = reads.get(urlsplit(first["content"]).path.removeprefix("/api/v1"))
    assert b"".join(got.streaming_content) == content
    assert got.headers["Content-Disposition"] == 'attachment; filename="Depths.csv"'


def test_what_is_wrong_with_a_file_is_said_at_its_field_and_its_type_once_it_has_arrived(
    program: Any, project: Project
) -> None:
    writes: Program = program(project.lead)
    place = f"/projects/{project.room.pk}/files"
    for name, size, field in (
        ("Plan", 9, "name"),
        ("Plan.exe", 9, "name"),
        ("Plan.pdf", 0, "size"),
        ("Plan.pdf", LARGEST_FILE + 1, "size"),
    ):
        refused = writes.post(place, {"name": name, "size": size})
        assert (refused.status_code, list(refused.json()["errors"])) == (422, [field])
    lies = body(writes.post(place, {"name": "Plan.pdf", "size": 12}))
    answer = send(writes, lies["upload"], b"MZ a program")
    assert answer.status_code == 415
    assert "doesn’t match its file type" in answer.json()["detail"]
    assert body(writes.get(place))["items"] == []
    joining.change_role(project=project.room, person=project.member, role=Role.READER, by=project.by, now=NOW)
    assert program(project.member).post(place, {"name": "Plan.pdf", "size": 12}).status_code == 403


def test_a_version_that_is_not_let_through_has_no_address(program: Any, project: Project) -> None:
    now = timezone.now()
    file = project.room.files.create(
        name="Plan.pdf", file_type="pdf", added_at=now, changed_at=now, added_by=project.lead
    )
    file.versions.create(number=1, size=9, sha256="0" * 64, state="waiting", uploaded_at=now)
    place = f"/projects/{project.room.pk}/files/{file.pk}/versions"
    reads: Program = program(project.member)
    assert body(reads.get(place))["items"][0]["content"] is None
    for number in (1, 2):
        assert reads.get(f"{place}/{number}/content").status_code == 404
    assert reads.get(f"{place}/99999/content").status_code == 422


# ---- date polls, exports, project sheets -------------------------------------------------------------------


def test_a_date_poll_is_answered_for_each_time_until_it_closes(program: Any, project: Project) -> None:
    poll = factories.date_poll(project.room, made_by=project.lead)
    writes, place = program(project.member), f"/projects/{project.room.pk}/date-polls"
    (listed,) = body(writes.get(place))["items"]
    assert (listed["title"], listed["state"]) == ({"en": "Ice load"}, "open")
    first, second = (one["id"] for one in body(writes.get(f"{place}/{poll.pk}"))["times"])
    for answers, field in (
        ({first: "yes"}, "answers"),
        ({first: "yes", "none": "no"}, "answers"),
        ({first: "yes", second: "perhaps"}, f"answers.{second}"),
    ):
        refused = writes.ask("PUT", f"{place}/{poll.pk}/answers", {"answers": answers})
        assert (refused.status_code, list(refused.json()["errors"])) == (422, [field])
    for given, number in ((("no", "no"), 0), (("maybe", "yes"), 1)):  # the second in place of the first
        answers = dict(zip((first, second), given, strict=True))
        found = body(writes.ask("PUT", f"{place}/{poll.pk}/answers", {"answers": answers}))
        assert sum(one["is_best"] for one in found["times"]) == number
    assert [(one["yes"], one["maybe"], one["no"]) for one in found["times"]] == [
        ([], [project.member.pk], []),
        ([project.member.pk], [], []),
    ]
    DatePoll.objects.update(closes_at=NOW)
    closed = writes.ask("PUT", f"{place}/{poll.pk}/answers", {"answers": answers})
    assert (closed.status_code, closed.json()["code"]) == (409, "closed")


def test_leads_ask_for_an_export_and_download_it_once_it_is_ready(program: Any, project: Project) -> None:
    leads, place = program(project.lead), f"/projects/{project.room.pk}/exports"
    member: Program = program(project.member)
    assert (member.get(place).status_code, member.post(place).status_code) == (403, 403)
    asked = body(leads.post(place))
    assert (asked["state"], asked["content"]) == ("waiting", None)
    assert leads.get(f"{place}/{asked['id']}/content").status_code == 404
    again = leads.post(place)
    assert (again.status_code, again.json()["code"]) == (409, "running")
    exporting.make(export_id=asked["id"], now=NOW)
    ready = body(leads.get(f"{place}/{asked['id']}"))
    assert (ready["state"], body(leads.get(place))["items"]) == ("ready", [ready])
    path = urlsplit(ready["content"]).path.removeprefix("/api/v1")
    assert member.get(path).status_code == 403
    assert zipfile.is_zipfile(BytesIO(b"".join(leads.get(path).streaming_content)))


def test_project_sheets_are_read_by_every_program_as_long_as_they_are_public(
    program: Any, project: Project
) -> None:
    sheet, reads = factories.published_sheet(project.room, countries=["SE"]), program()
    (listed,) = body(reads.get("/project-sheets"))["items"]
    assert (listed["sought"], listed["countries"]) == ({"en": "A maker of floats."}, ["SE"])
    assert body(reads.get(f"/project-sheets/{sheet.pk}")) == listed
    seeking_partners.unpublish_sheet(project=project.room, by=project.by, now=NOW)
    assert reads.get(f"/project-sheets/{sheet.pk}").status_code == 404
