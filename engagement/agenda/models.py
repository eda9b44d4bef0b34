"""The items of a meeting's agenda. Which one is current, and which are done, is in their times."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from companies.ids import new_id
from companies.languages import LanguageTextField, LocalizedText, in_language
from companies.model_fields import LineField
from rooms.models import Room

LONGEST_TITLE = 120
LONGEST_NAME = 120
LONGEST = 480  # minutes of one item


class AgendaItem(models.Model):
    """`number` orders the items of a meeting. The one that has started and not ended is current."""

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    room = models.ForeignKey(
        Room, verbose_name=_("room"), on_delete=models.CASCADE, related_name="agenda_items"
    )
    meeting = models.CharField(max_length=16, help_text="id of the meeting that it belongs to")
    number = models.PositiveSmallIntegerField(_("number"))
    title = LanguageTextField(_("title"))
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    speaker = LineField(_("speaker"), max_length=LONGEST_NAME, blank=True)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda items")
        indexes = [models.Index(fields=["meeting", "number"], name="agenda_by_meeting")]
        constraints = [
            models.UniqueConstraint(
                fields=["room"],
                condition=Q(started_at__isnull=False, ended_at__isnull=True),
                name="one_current_item_in_a_room",
            ),
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=LONGEST), name="an_item_takes_minutes"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True)
                | Q(started_at__isnull=False, ended_at__gte=F("started_at")),
                name="an_item_ends_after_its_start",
            ),
        ]

    def __str__(self) -> str:
        return str(self.title_in_words)

    @property
    def title_in_words(self) -> LocalizedText:
        return in_language(self.title)

    @property
    def is_current(self) -> bool:
        return self.started_at is not None and self.ended_at is None
