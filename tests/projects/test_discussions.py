"""Members write to each other between meetings, on the page and by email, and nobody else reads or writes."""

from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from meetings.access import NotAllowed, Visitor
from notifications import receiving, relevance, reply_addresses
from notifications.mime import message_bytes
from notifications.models import InboundMail, Notification
from notifications.rendering import mail_of
from projects import agreeing, discussing, joining
from projects.discussing import UnableToPost
from projects.models import Post, PostEmails, Role, Thread
from projects.models.discussion import LONGEST_POST
from tests.factories import NOW
from tests.projects.conftest import Project
from tests.projects.test_members import add, change_state, remove, signed_in

pytestmark = pytest.mark.django_db
Choice = PostEmails.Choice
LANGUAGES_OF_THE_ANSWER = (
    "Bleibt es bei 24?\n\nAm Di., 1. Dez. 2026 um 10:00 Uhr schrieb Anna <a@b.de>:\n> Depths"
)


@pytest.fixture(autouse=True)
def answers_are_read(settings: Any) -> None:
    settings.INBOUND_EMAIL_ADDRESS = "replies@example.org"


def start(project: Project, text: str = "Who has the depths?") -> Thread:
    return discussing.start_thread(
        project=project.room, subject="Depths", text=text, by=project.by, now=timezone.now()
    )


def mails(kind: str = "post") -> dict[int | None, Notification]:
    return {row.person_id: row for row in Notification.objects.filter(kind=kind)}


def answer(thread: Thread, project: Project, **headers: str) -> bytes:
    given = {"From": f"Tomasz <{project.member.email}>", "Message-ID": "<1@example.net>", **headers}
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in given.items())
    return f"{head}\r\n{LANGUAGES_OF_THE_ANSWER}".encode()


def take(content: bytes, thread: Thread, project: Project) -> InboundMail | None:
    address = reply_addresses.post_address(thread.pk, project.member.pk)
    return receiving.take(content, recipient=address, now=timezone.now())


def test_a_discussion_is_started_answered_edited_and_deleted_with_a_trace(project: Project) -> None:
    lead, member = signed_in(project.lead), signed_in(project.member)
    page = reverse("discussions", args=[project.room.pk])
    wrong = lead.post(page, {"subject": "", "text": "Who has the depths?"})
    assert (wrong.status_code, "Who has the depths?" in wrong.content.decode()) == (422, True)
    there = lead.post(page, {"subject": "Depths", "text": "Who has the depths?"}).headers["Location"]
    member.post(there, {"text": "The waterway office."})
    assert "The waterway office." in lead.get(there).content.decode()
    post = Post.objects.get(written_by=project.member)
    edit, delete = (
        reverse(name, args=[project.room.pk, post.thread_id, post.pk])
        for name in ("edit_post", "delete_post")
    )
    assert lead.post(edit, {"text": "No."}).status_code == 403
    member.post(edit, {"text": "The port."})
    assert "The port." in lead.get(there).content.decode()
    first = Post.objects.get(written_by=project.lead)
    foreign = reverse("delete_post", args=[project.room.pk, post.thread_id, first.pk])
    assert member.post(foreign).status_code == 403
    lead.post(delete)
    body = member.get(there).content.decode()
    assert "The port." not in body
    assert f"Message deleted: {project.lead}" in body
    assert member.post(edit, {"text": "Again."}).status_code == 404


def test_a_discussion_is_deleted_whole_by_who_began_it_or_a_lead(project: Project) -> None:
    thread = start(project)
    address = reverse("delete_discussion", args=[project.room.pk, thread.pk])
    assert signed_in(project.member).post(address).status_code == 403
    mine = discussing.start_thread(
        project=project.room, subject="Mine", text="Hm.", by=Visitor(project.member), now=timezone.now()
    )
    signed_in(project.member).post(reverse("delete_discussion", args=[project.room.pk, mine.pk]))
    assert not Thread.objects.filter(pk=mine.pk).exists()
    lead = signed_in(project.lead)
    assert "Who has the depths?" not in lead.get(address).content.decode()  # it asks with the subject
    lead.post(address)
    assert not Post.objects.exists()
    assert mails() == {}
    history = lead.get(reverse("project_history", args=[project.room.pk])).content.decode()
    assert "Discussion deleted: <bdi>Depths</bdi>" in history
    take(answer(thread, project), thread, project)  # to an address that is no longer one
    assert not Post.objects.exists()


def test_a_reader_reads_and_writes_nothing_and_an_archived_project_stays_as_it_is(project: Project) -> None:
    thread = start(project)
    joining.change_role(project=project.room, person=project.member, role=Role.READER, by=project.by, now=NOW)
    reader = signed_in(project.member)
    page = reverse("discussion", args=[project.room.pk, thread.pk])
    assert "Who has the depths?" in reader.get(page).content.decode()
    assert reader.post(page, {"text": "I do."}).status_code == 403
    change_state(project, "archived", timezone.now())
    with pytest.raises(NotAllowed):
        discussing.write_post(thread=thread, text="Late.", by=project.by, now=NOW)
    assert Post.objects.count() == 1


def test_one_writes_at_most_so_much_a_day(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discussing, "MOST_A_DAY", 1)
    thread = start(project)
    with pytest.raises(UnableToPost):
        discussing.write_post(thread=thread, text="More.", by=project.by, now=timezone.now())
    later = timezone.now() + timedelta(days=1, seconds=1)
    discussing.write_post(thread=thread, text="More.", by=project.by, now=later)


def test_the_other_members_get_an_email_that_answers_into_the_discussion(project: Project) -> None:
    thread = start(project)
    (row,) = mails().values()
    assert row.person == project.member
    assert relevance.reason_to_drop(row, now=NOW) is None
    sent = message_from_bytes(message_bytes(mail_of(row, now=NOW), sent_at=NOW), policy=policy.default)
    assert sent["Reply-To"] == reply_addresses.post_address(thread.pk, project.member.pk)
    assert sent["References"] == sent["In-Reply-To"]
    assert str(project.lead) in sent["From"]
    assert "Who has the depths?" in str(sent.get_body(("plain",)))
    discussing.write_post(thread=thread, text="Anyone?", by=project.by, now=timezone.now())
    second = mail_of(Notification.objects.filter(kind="post").latest("pk"), now=NOW)
    assert dict(second.headers)["References"] == sent["References"]
    assert second.subject == sent["Subject"]


def test_each_chooses_every_message_a_days_together_or_none(project: Project) -> None:
    third = add(project, "anna@example.org")
    for person, choice in ((project.member, Choice.DAILY), (third, Choice.NONE)):
        signed_in(person).post(reverse("choose_post_emails", args=[project.room.pk]), {"choice": choice})
    thread = start(project)
    discussing.write_post(thread=thread, text="Anyone?", by=project.by, now=timezone.now())
    assert mails() == {}
    (row,) = mails("posts").values()
    assert row.person == project.member
    assert row.due_at > timezone.now()
    assert relevance.reason_to_drop(row, now=row.due_at) is None
    text = mail_of(row, now=row.due_at).text
    assert text.index("Who has the depths?") < text.index("Anyone?")
    Post.objects.update(text="", deleted_at=NOW)
    assert relevance.reason_to_drop(row, now=row.due_at) == Notification.DropReason.NOTHING_NEW


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda project: remove(project, project.member), "not_in_room"),
        (
            lambda project: agreeing.write_terms(
                project=project.room, text={"en": "Quiet."}, expected=0, by=project.by, now=NOW
            ),
            "not_in_room",
        ),
        (lambda _project: Post.objects.update(text="", deleted_at=NOW), "post_deleted"),
        (
            lambda project: discussing.choose_emails(
                project=project.room, choice=Choice.NONE, by=Visitor(project.member)
            ),
            "posts_off",
        ),
    ],
)
def test_an_email_that_waits_is_dropped_once_it_is_not_for_its_reader(
    project: Project, change: Any, reason: str
) -> None:
    start(project)
    change(project)
    assert relevance.reason_to_drop(mails()[project.member.pk], now=NOW) == reason


def test_an_answer_by_email_becomes_a_message_once_without_what_it_quotes(project: Project) -> None:
    thread = start(project)
    for _time in range(2):
        take(answer(thread, project), thread, project)
    (post,) = Post.objects.filter(is_by_email=True)
    assert (post.text, post.written_by, post.attachments) == ("Bleibt es bei 24?", project.member, 0)
    assert project.lead.pk in mails()
    assert list(InboundMail.objects.values_list("kind", "content")) == [("post", None)]


def test_attachments_of_an_answer_are_counted_and_said_not_to_be_kept(project: Project) -> None:
    thread = start(project)
    head = f"From: {project.member.email}\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    parts = "--b\r\nContent-Type: text/plain\r\n\r\nSee the plan.\r\n--b\r\nContent-Type: application/pdf\r\n"
    end = "Content-Disposition: attachment; filename=plan.pdf\r\n\r\nJVBERi0\r\n--b--\r\n"
    take((head + parts + end).encode(), thread, project)
    page = reverse("discussion", args=[project.room.pk, thread.pk])
    assert "1 email attachment was not kept." in signed_in(project.lead).get(page).content.decode()


def test_an_answer_that_is_too_long_says_that_it_was_cut(project: Project) -> None:
    thread = start(project)
    head = f"From: {project.member.email}\r\nContent-Type: text/plain\r\n\r\n"
    take((head + "Water is warm.\r\n" * 1000).encode(), thread, project)
    text = thread.posts.latest("written_at").text
    assert text.startswith("Water is warm.")
    assert text.endswith("[…]")
    assert len(text) == LONGEST_POST


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({"From": "Somebody <else@example.org>"}, "unreadable"),
        ({"Authentication_Results": "mx.example.org; dmarc=fail"}, "unreadable"),
        ({"Auto_Submitted": "auto-replied"}, "automatic"),
        ({"From": "replies@example.org"}, "automatic"),
    ],
)
def test_what_is_foreign_forged_or_automatic_becomes_no_message(
    project: Project, headers: dict[str, str], kind: str
) -> None:
    thread = start(project)
    row = take(answer(thread, project, **headers), thread, project)
    assert row is not None
    assert (row.kind, bool(row.problem)) == (kind, kind == "unreadable")
    assert Post.objects.count() == 1


def test_who_may_not_write_any_more_writes_nothing_by_email_either(project: Project) -> None:
    thread = start(project)
    remove(project, project.member)
    row = take(answer(thread, project), thread, project)
    assert row is not None
    assert (row.kind, row.problem) == ("unreadable", "The sender may not write in this project.")
    with pytest.raises(reply_addresses.NotOurs):
        receiving.take(b"", recipient=f"replies+t-{thread.pk}-1-aaaaaaaaaaaaaaaa@example.org", now=NOW)
    assert Post.objects.count() == 1


def test_a_message_has_a_text_until_it_is_deleted(project: Project) -> None:
    with pytest.raises(IntegrityError):
        Post.objects.create(thread=start(project), text="", written_at=NOW)
