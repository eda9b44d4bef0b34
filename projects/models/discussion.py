"""What members of a project write to each other between meetings, and how each of them is told of it."""

from typing import Self

from django.db import models
from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _

from companies.ids import new_id
from companies.model_fields import LineField, ProseField
from companies.models import Person
from projects.models.project_room import ProjectRoom

LONGEST_SUBJECT = 120
LONGEST_POST = 10_000


class ThreadQuerySet(models.QuerySet["Thread"]):
    def with_counts(self) -> Self:
        """`messages` are those that nobody has deleted; the thread last written in first."""
        shown = Count("posts", filter=Q(posts__deleted_at__isnull=True))
        return self.annotate(messages=shown).order_by("-last_post_at", "pk")


class Thread(models.Model):
    """A discussion; `last_post_at` is when its newest message was written."""

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    project = models.ForeignKey(
        ProjectRoom, verbose_name=_("project room"), on_delete=models.CASCADE, related_name="threads"
    )
    subject = LineField(_("subject"), max_length=LONGEST_SUBJECT)
    started_by = models.ForeignKey(
        Person,
        verbose_name=_("started by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    started_at = models.DateTimeField(_("started at"))
    last_post_at = models.DateTimeField(_("last message"))

    objects = ThreadQuerySet.as_manager()

    class Meta:
        verbose_name = _("discussion")
        verbose_name_plural = _("discussions")
        indexes = [models.Index(fields=["project", "-last_post_at"], name="threads_of_a_project")]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_post_at__gte=F("started_at")), name="a_thread_is_written_in_once_started"
            )
        ]

    def __str__(self) -> str:
        return self.subject


class Post(models.Model):
    """A message of a discussion. Deleted, it keeps its place, and says by whom and nothing more."""

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    thread = models.ForeignKey(
        Thread, verbose_name=_("discussion"), on_delete=models.CASCADE, related_name="posts"
    )
    text = ProseField(_("message"), blank=True, max_length=LONGEST_POST)
    written_by = models.ForeignKey(
        Person,
        verbose_name=_("written by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    written_at = models.DateTimeField(_("written at"))
    edited_at = models.DateTimeField(_("edited at"), null=True, blank=True)
    is_by_email = models.BooleanField(_("by email"), default=False)
    attachments = models.PositiveSmallIntegerField(
        _("attachments"), default=0, help_text="of the email that it came in, which are not kept"
    )
    deleted_at = models.DateTimeField(_("deleted at"), null=True, blank=True)
    deleted_by = models.ForeignKey(
        Person,
        verbose_name=_("deleted by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        verbose_name = _("message in a discussion")
        verbose_name_plural = _("messages in discussions")
        indexes = [models.Index(fields=["thread", "written_at", "id"], name="posts_of_a_thread")]
        constraints = [
            models.CheckConstraint(
                condition=Q(deleted_at__isnull=True, text__gt="", deleted_by__isnull=True)
                | Q(deleted_at__isnull=False, text=""),
                name="only_a_deleted_post_says_nothing",
            ),
            models.CheckConstraint(
                condition=Q(is_by_email=True) | Q(attachments=0), name="only_emails_have_attachments"
            ),
        ]

    def __str__(self) -> str:
        return self.text[:50]


class PostEmails(models.Model):
    """How a person is told of a project's messages; without a row, of each of them."""

    class Choice(models.TextChoices):
        EACH = "each", _("For each message")
        DAILY = "daily", _("Once a day")
        NONE = "none", _("Never")

    project = models.ForeignKey(
        ProjectRoom, verbose_name=_("project room"), on_delete=models.CASCADE, related_name="post_emails"
    )
    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.CASCADE, related_name="post_emails"
    )
    choice = models.CharField(_("emails about messages"), max_length=5, choices=Choice.choices)

    class Meta:
        verbose_name = _("emails about messages")
        verbose_name_plural = _("emails about messages")
        constraints = [
            models.UniqueConstraint(fields=["project", "person"], name="one_choice_of_emails_in_a_project")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.project_id} {self.choice}"
