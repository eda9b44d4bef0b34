"""Interpretation channels, and who interprets in them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from companies.ids import new_id
from rooms.models import Participant, Room


class InterpretationChannel(models.Model):
    """The open channel of a language. `is_planned`: it was opened because the meeting was announced with it."""

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    room = models.ForeignKey(
        Room, verbose_name=_("room"), on_delete=models.CASCADE, related_name="interpretation_channels"
    )
    meeting = models.CharField(
        max_length=16,
        blank=True,
        editable=False,
        help_text="its id; empty in a project room between meetings",
    )
    language = models.CharField(_("language"), max_length=8)
    is_planned = models.BooleanField(_("planned before the meeting"), default=False)
    opened_at = models.DateTimeField(_("opened at"))

    class Meta:
        verbose_name = _("interpretation channel")
        verbose_name_plural = _("interpretation channels")
        constraints = [
            models.UniqueConstraint(
                fields=["room", "meeting", "language"], name="one_channel_per_language_and_meeting"
            )
        ]

    def __str__(self) -> str:
        return f"{self.language} in {self.room_id}"


class ChannelInterpreter(models.Model):
    """Somebody's place in a channel. Of its interpreters one is on air; that one may have offered it to another."""

    channel = models.ForeignKey(
        InterpretationChannel,
        verbose_name=_("interpretation channel"),
        on_delete=models.CASCADE,
        related_name="interpreters",
    )
    participant = models.OneToOneField(
        Participant,
        verbose_name=_("participant"),
        on_delete=models.CASCADE,
        related_name="interpretation",
    )
    is_on_air = models.BooleanField(_("on air"), default=False)
    is_offered = models.BooleanField(_("asked to take over"), default=False)
    since = models.DateTimeField(_("interpreting since"))

    class Meta:
        verbose_name = _("channel interpreter")
        verbose_name_plural = _("channel interpreters")
        constraints = [
            models.UniqueConstraint(
                fields=["channel"], condition=Q(is_on_air=True), name="one_interpreter_on_air_in_a_channel"
            ),
            models.UniqueConstraint(
                fields=["channel"], condition=Q(is_offered=True), name="one_interpreter_asked_to_take_over"
            ),
            models.CheckConstraint(
                condition=~Q(is_on_air=True, is_offered=True), name="who_is_on_air_need_not_take_over"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} in {self.channel_id}"
