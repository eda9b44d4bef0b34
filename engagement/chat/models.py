"""What hosts have chosen for the chat of a room, and reactions to its messages."""

from typing import get_args

from django.db import models
from django.utils.translation import gettext_lazy as _

from rooms.messages import Reaction
from rooms.models.room import Participant, Room, RoomEvent


class ChatSettings(models.Model):
    """Without a row the defaults apply. `pinned` are the ids of the pinned messages, in the order of pinning."""

    class Private(models.TextChoices):
        EVERYBODY = "everybody", _("anyone can message anyone")
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


class MessageReaction(models.Model):
    """A reaction of a person to a message that everybody in the room sees."""

    message = models.ForeignKey(
        RoomEvent, verbose_name=_("message"), on_delete=models.CASCADE, related_name="reactions"
    )
    participant = models.ForeignKey(
        Participant, verbose_name=_("participant"), on_delete=models.CASCADE, related_name="message_reactions"
    )
    reaction = models.CharField(_("reaction"), max_length=10)

    class Meta:
        verbose_name = _("reaction to a message")
        verbose_name_plural = _("reactions to messages")
        constraints = [
            models.UniqueConstraint(
                fields=["message", "participant", "reaction"],
                name="a_person_reacts_once_in_each_way",
            ),
            models.CheckConstraint(
                condition=models.Q(reaction__in=get_args(Reaction)), name="reactions_are_those_of_the_room"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} {self.reaction} {self.message_id}"


class ReactionTotal(models.Model):
    """How many people have reacted to a message, by reaction. Of two totals that with the higher version is newer."""

    message = models.OneToOneField(
        RoomEvent,
        verbose_name=_("message"),
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="reaction_total",
    )
    counts = models.JSONField(default=dict, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("total of reactions")
        verbose_name_plural = _("totals of reactions")

    def __str__(self) -> str:
        return str(self.message_id)
