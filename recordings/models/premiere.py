"""A film that hosts have chosen to show in a meeting."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from meetings.models.meeting import Meeting
from recordings.models.recording import Recording


class PremiereFilm(models.Model):
    meeting = models.ForeignKey(
        Meeting, verbose_name=_("meeting"), on_delete=models.CASCADE, related_name="premiere_films"
    )
    recording = models.ForeignKey(
        Recording, verbose_name=_("recording"), on_delete=models.CASCADE, related_name="premieres"
    )

    class Meta:
        verbose_name = _("film of a meeting")
        verbose_name_plural = _("films of a meeting")
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "recording"], name="a_film_is_chosen_once_for_a_meeting"
            )
        ]

    def __str__(self) -> str:
        return f"{self.recording_id} in {self.meeting_id}"
