"""Discussions between meetings: started, written in, edited, deleted, and told of by email."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext as gettext_of_django

from companies.refusals import Refusal
from meetings.access import NotAllowed, Visitor
from projects import access, history, signals
from projects.access import Membership
from projects.leading import lock
from projects.models import HistoryEntry, Post, PostEmails, ProjectRoom, Thread

MOST_THREADS = 2000  # of a project
MOST_POSTS = 2000  # of a thread
MOST_A_DAY = 100  # of one person in a project, because each may go to everybody by email


class UnableToPost(Refusal):
    """`code`: no_subject, no_text, too_many, gone (deleted meanwhile)."""


@transaction.atomic
def start_thread(*, project: ProjectRoom, subject: str, text: str, by: Visitor, now: datetime) -> Thread:
    """With its first message. Raises UnableToPost, and as `access.writer_in`."""
    member = access.writer_in(by, project.pk)
    if not subject:
        raise UnableToPost("no_subject", gettext_of_django("This field is required."), field="subject")
    if project.threads.count() >= MOST_THREADS:
        message = _("A project can have at most %(most)s discussions.")
        raise UnableToPost("too_many", message % {"most": MOST_THREADS})
    thread = Thread.objects.create(
        project=project, subject=subject, started_by=member.person, started_at=now, last_post_at=now
    )
    _write(thread, text, member, now)
    return thread


@transaction.atomic
def write_post(
    *,
    thread: Thread,
    text: str,
    by: Visitor,
    now: datetime,
    is_by_email: bool = False,
    attachments: int = 0,
) -> Post:
    """The other members are told as each has chosen. Raises UnableToPost, and as `access.writer_in`."""
    member = access.writer_in(by, thread.project_id)
    if thread.posts.count() >= MOST_POSTS:
        message = _("A discussion can have at most %(most)s messages. Start a new one.")
        raise UnableToPost("too_many", message % {"most": MOST_POSTS})
    return _write(thread, text, member, now, is_by_email=is_by_email, attachments=attachments)


@transaction.atomic
def edit_post(*, post: Post, text: str, by: Visitor, now: datetime) -> None:
    """By who wrote it; nobody is told again. Raises UnableToPost, and as `access.writer_in`."""
    member = access.writer_in(by, post.thread.project_id)
    if post.written_by_id != member.person.pk:
        raise NotAllowed
    _refuse_empty(text)
    standing = Post.objects.filter(pk=post.pk, deleted_at__isnull=True)
    if not standing.update(text=text, edited_at=now):
        raise UnableToPost("gone", _("This message has been deleted."))


@transaction.atomic
def delete_post(*, post: Post, by: Visitor, now: datetime) -> None:
    """By who wrote it, or a lead: who deleted it stays. Emails that have left are not called back.

    Raises UnableToPost, and as `access.writer_in`.
    """
    member = access.writer_in(by, post.thread.project_id)
    if not member.may_delete(post.written_by_id):
        raise NotAllowed
    standing = Post.objects.filter(pk=post.pk, deleted_at__isnull=True)
    if not standing.update(text="", deleted_at=now, deleted_by=member.person):
        raise UnableToPost("gone", _("This message has been deleted."))


@transaction.atomic
def delete_thread(*, thread: Thread, by: Visitor, now: datetime) -> None:
    """With its messages and waiting emails; the history keeps its subject.

    By who began it, or a lead. Raises NotAllowed, and as `access.writer_in`.
    """
    lock(thread.project)
    member = access.writer_in(by, thread.project_id)
    if not member.may_delete(thread.started_by_id):
        raise NotAllowed
    if Thread.objects.filter(pk=thread.pk).delete()[0]:
        history.write(
            member.project, HistoryEntry.Kind.THREAD_DELETED, by=member.person, now=now, name=thread.subject
        )


@transaction.atomic
def choose_emails(*, project: ProjectRoom, choice: PostEmails.Choice, by: Visitor) -> None:
    """Raises as `access.reader_of`."""
    member = access.reader_of(by, project.pk)
    PostEmails.objects.update_or_create(
        project=member.project, person=member.person, defaults={"choice": choice}
    )


def _write(
    thread: Thread,
    text: str,
    member: Membership,
    now: datetime,
    *,
    is_by_email: bool = False,
    attachments: int = 0,
) -> Post:
    _refuse_empty(text)
    today = Post.objects.filter(thread__project=thread.project_id, written_by=member.person)
    if today.filter(written_at__gt=now - timedelta(days=1)).count() >= MOST_A_DAY:
        message = _("You can write at most %(most)s messages a day in a project.")
        raise UnableToPost("too_many", message % {"most": MOST_A_DAY})
    post = Post.objects.create(
        thread=thread,
        text=text,
        written_by=member.person,
        written_at=now,
        is_by_email=is_by_email,
        attachments=attachments,
    )
    Thread.objects.filter(pk=thread.pk, last_post_at__lt=now).update(last_post_at=now)
    signals.post_written.send(Post, post=post, now=now)
    return post


def _refuse_empty(text: str) -> None:
    if not text:
        raise UnableToPost("no_text", gettext_of_django("This field is required."), field="text")
