"""What hosts have chosen for the chat of a room."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from rooms.models.room import Room


class ChatSettings(models.Model):
    """Without a row the defaults apply. `pinned` are the ids of the pinned messages, in the order of pinning."""

    class Private(models.TextChoices):
        EVERYBODY = "everybody", _("everyone can write to one person")
        HOSTS = "hosts", _("only to hosts, and hosts to anyone")
        NOBODY = "nobody", _("no private messages")

    SLOW_SECONDS = (0, 10, 30, 60)

    room = models.OneToOneField(
        Room,
        verbose_name=_("room"),
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="chat_settings",
    )
    is_on = models.BooleanField(_("attendees can write in the chat"), default=True)
    private = models.CharField(
        _("private messages"), max_length=10, choices=Private.choices, default=Private.HOSTS
    )
    is_moderated = models.BooleanField(_("a host approves messages before others see them"), default=False)
    slow_seconds = models.PositiveSmallIntegerField(_("seconds between two messages of a person"), default=0)
    pinned = models.JSONField(default=list, editable=False)

    class Meta:
        verbose_name = _("chat settings")
        verbose_name_plural = _("chat settings")

    def __str__(self) -> str:
        return self.room_id
