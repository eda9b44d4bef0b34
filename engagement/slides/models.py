"""A PDF and its pages, and what of them a room shows now."""

from typing import Any

from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from companies.ids import new_id
from companies.model_fields import LineField, ProseField
from companies.models import Person
from rooms.models import Room

LONGEST_TITLE = 120
LONGEST_TEXT = 5000  # characters of a page
LONGEST_NOTES = 4000


def slides_storage() -> Storage:
    """Separate from pictures, which are public: slides have no public URL."""
    return storages["slides"]


class SlideDeck(models.Model):
    """The slides of one PDF."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("uploaded")
        PROCESSING = "processing", _("being processed")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    room = models.ForeignKey(
        Room, verbose_name=_("room"), on_delete=models.CASCADE, related_name="slide_decks"
    )
    meeting = models.CharField(max_length=16, blank=True, help_text="id of the meeting that it belongs to")
    title = LineField(_("title"), max_length=LONGEST_TITLE)
    state = models.CharField(_("status"), max_length=10, choices=State.choices, default=State.UPLOADED)
    failure = models.CharField(max_length=20, blank=True, help_text="a key of rendering.MESSAGES")
    pages = models.PositiveSmallIntegerField(_("pages"), default=0)
    size = models.PositiveIntegerField(help_text="bytes of the PDF")
    is_downloadable = models.BooleanField(_("attendees can download the PDF"), default=False)
    uploaded_by = models.ForeignKey(
        Person,
        verbose_name=_("uploaded by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="slide_decks",
    )
    uploaded_at = models.DateTimeField(_("uploaded at"))
    first_shown_at = models.DateTimeField(_("first shown at"), null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("slides")
        verbose_name_plural = _("slides")
        indexes = [
            models.Index(fields=["room", "meeting", "uploaded_at"], name="slides_by_meeting"),
            models.Index(fields=["uploaded_at"], name="slides_by_age"),
            models.Index(
                fields=["uploaded_at"],
                condition=Q(state__in=["uploaded", "processing"]),
                name="slides_to_prepare",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="failed", pages=0) & ~Q(failure="")
                | Q(state="ready", pages__gt=0, failure="")
                | Q(state__in=["uploaded", "processing"], pages=0, failure=""),
                name="slides_are_ready_or_say_why_not",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_ready(self) -> bool:
        return self.state == self.State.READY

    @property
    def has_failed(self) -> bool:
        return self.state == self.State.FAILED


class Slide(models.Model):
    """One page: `width` and `height` are pixels of its large picture."""

    deck = models.ForeignKey(
        SlideDeck, verbose_name=_("slides"), on_delete=models.CASCADE, related_name="slides"
    )
    number = models.PositiveSmallIntegerField(_("number"))
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    title = LineField(
        _("title"), max_length=LONGEST_TITLE, blank=True, help_text="the first line of its text"
    )
    text = ProseField(_("text"), max_length=LONGEST_TEXT, blank=True)
    notes = ProseField(_("speaker notes"), max_length=LONGEST_NOTES, blank=True)

    class Meta:
        verbose_name = _("slide")
        verbose_name_plural = _("single slides")
        ordering = ["deck", "number"]
        constraints = [models.UniqueConstraint(fields=["deck", "number"], name="slides_are_numbered")]

    def __str__(self) -> str:
        return self.title or str(self.number)


class Presentation(models.Model):
    """What a room shows: a page of a deck, or nothing."""

    room = models.OneToOneField(
        Room,
        verbose_name=_("room"),
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="presentation",
    )
    deck = models.ForeignKey(SlideDeck, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    page = models.PositiveSmallIntegerField(default=1)

    class Meta:
        verbose_name = _("slides on stage")
        verbose_name_plural = _("slides on stage")

    def __str__(self) -> str:
        return f"{self.deck_id} {self.page}"

    @classmethod
    def locked(cls, room_id: str) -> "Presentation":
        found: Any = cls.objects.get_or_create(room_id=room_id)[0]
        return cls.objects.select_for_update(of=("self",)).select_related("deck").get(pk=found.pk)
