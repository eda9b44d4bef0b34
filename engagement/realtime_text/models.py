"""The secret address to which an outside captioner's program posts captions."""

from django.db import models
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from companies.ids import new_id
from rooms.models import Room


def new_link_key() -> str:
    return get_random_string(32)


class CaptionLink(models.Model):
    """One for a meeting and language. `link_key` is a part of the address: a new one makes the old address void."""

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    room = models.ForeignKey(
        Room, verbose_name=_("room"), on_delete=models.CASCADE, related_name="caption_links"
    )
    meeting = models.CharField(max_length=16, editable=False, help_text="its id")
    language = models.CharField(_("language"), max_length=8)
    link_key = models.CharField(max_length=32, default=new_link_key, editable=False)
    last_seq = models.PositiveBigIntegerField(default=0, help_text="number of the newest post")
    recent = models.JSONField(
        default=list, editable=False, help_text="numbers and digests of posts, to recognise a repeated one"
    )
    created_at = models.DateTimeField(_("created at"))
    posted_at = models.DateTimeField(null=True, help_text="when the newest post came")

    class Meta:
        verbose_name = _("caption link")
        verbose_name_plural = _("caption links")
        constraints = [
            models.UniqueConstraint(fields=["meeting", "language"], name="one_caption_link_per_language")
        ]

    def __str__(self) -> str:
        return f"{self.language} in {self.room_id}"
