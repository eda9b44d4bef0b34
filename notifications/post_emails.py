"""What members of a project write in its discussions, as emails: each message, or a day's together."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from companies.languages import in_language
from companies.models import Person
from meetings.access import memberships
from notifications import reply_addresses
from notifications.email_content import EmailContent, Link, Paragraph, absolute, footer, title_paragraphs
from notifications.mime import LONGEST_NAME, clean
from notifications.models import Notification
from projects.models import Post, PostEmails, ProjectRoom

MOST_IN_ONE = 50  # messages of a day's email
LONGEST_IN_ONE = 1000  # characters of each


def are_chosen(person: Person, room_id: str, choice: PostEmails.Choice) -> bool:
    found = PostEmails.objects.filter(person=person.pk, project=room_id)
    return (found.values_list("choice", flat=True).first() or PostEmails.Choice.EACH.value) == choice


def posts_of(notification: Notification) -> QuerySet[Post]:
    """Those that a day's email tells of: since it was planned, until it was due, by others."""
    written = Post.objects.filter(
        thread__project=notification.project_id,
        written_at__gte=notification.created_at,
        written_at__lt=notification.due_at,
        deleted_at__isnull=True,
    )
    return written.exclude(written_by=notification.person_id).order_by("written_at", "pk")


def compose_post(notification: Notification, language: str) -> EmailContent | None:
    """Its subject is the discussion's, so that mail programs keep the discussion together."""
    post, person = notification.post, notification.person
    if post is None or person is None:
        return None
    thread = post.thread
    page = absolute(reverse("discussion", args=[thread.project_id, thread.pk]))
    how = _("Reply to this email to write to all members of the project.") if _may_reply(notification) else ""
    not_kept = _("The message’s attachments were not kept. Ask the sender for them.")
    return EmailContent(
        kind=notification.kind,
        subject=f"[{_title(thread.project, language)}] {thread.subject}",
        heading=_("New message in a discussion"),
        language=language,
        opening=(
            Paragraph(thread.subject, is_name=True),
            Paragraph(post.text, title=author_of(post)),
            *([Paragraph(not_kept)] if post.attachments else []),
        ),
        button=Link(_("Open the discussion"), page),
        button_note=how,
        footer=_footer(thread.project),
    )


def compose_posts(notification: Notification, language: str) -> EmailContent | None:
    project = notification.project
    if project is None:
        return None
    posts = list(posts_of(notification).select_related("thread", "written_by__company")[: MOST_IN_ONE + 1])
    subjects = dict.fromkeys(post.thread.subject for post in posts)
    page = absolute(reverse("discussions", args=[project.pk]))
    return EmailContent(
        kind=notification.kind,
        subject=_("New messages: %(title)s") % {"title": _title(project, language)},
        heading=_("New messages in discussions"),
        language=language,
        opening=(
            *title_paragraphs(project.title, language),
            *(
                Paragraph(clean_text(post.text), title=f"{post.thread.subject} · {author_of(post)}")
                for subject in subjects
                for post in posts[:MOST_IN_ONE]
                if post.thread.subject == subject
            ),
            *([Paragraph(_("There are more new messages."))] if len(posts) > MOST_IN_ONE else []),
        ),
        button=Link(_("Open the discussions"), page),
        footer=_footer(project),
    )


def headers_of(post: Post, domain: str) -> tuple[tuple[str, str], ...]:
    """The emails of a discussion all follow on the same one, which nobody gets (RFC 5322, 3.6.4)."""
    first = f"<thread-{post.thread_id}@{domain}>"
    return (("In-Reply-To", first), ("References", first))


def reply_to(notification: Notification) -> str:
    """Where an answer becomes a message of the discussion; empty where no email is read, or the person only reads."""
    post, person = notification.post, notification.person
    if post is None or person is None or not _may_reply(notification):
        return ""
    return reply_addresses.post_address(post.thread_id, person.pk)


def author_of(post: Post) -> str:
    by = post.written_by
    if by is None:
        return _("a former member")
    return clean(f"{by}, {by.company.name}" if by.company is not None else str(by), LONGEST_NAME)


def clean_text(text: str) -> str:
    return text if len(text) <= LONGEST_IN_ONE else f"{text[:LONGEST_IN_ONE]} […]"


def _may_reply(notification: Notification) -> bool:
    post, person = notification.post, notification.person
    if post is None or person is None or not reply_addresses.are_read():
        return False
    return memberships().writable_rooms_of(person).filter(pk=post.thread.project_id).exists()


def _title(project: ProjectRoom, language: str) -> str:
    return clean(in_language(project.title, language).text, LONGEST_NAME)


def _footer(project: ProjectRoom) -> tuple[Paragraph, ...]:
    choose = Link(
        _("Choose when you get emails"), absolute(reverse("discussions", args=[project.pk]) + "#emails")
    )
    reason = _("You’re getting this email because you are a member of this project room.")
    return footer(reason_for_mail=reason, unsubscribe=choose)
