"""Somebody asked for a lost confirmation by an email address, registered or not."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from companies.model_fields import EmailAddressField
from meetings.models.meeting import Meeting


class ConfirmationRequest(models.Model):
    """Kept until a worker has looked whether the address is registered, so that the page's answer takes the same
    time for every address."""

    meeting = models.ForeignKey(
        Meeting, verbose_name=_("meeting"), on_delete=models.CASCADE, related_name="+"
    )
    email = EmailAddressField(_("email address"), max_length=254)
    requested_at = models.DateTimeField(_("requested at"))

    class Meta:
        verbose_name = _("request for a confirmation")
        verbose_name_plural = _("requests for a confirmation")
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "email"], name="one_confirmation_request_per_address_and_meeting"
            )
        ]

    def __str__(self) -> str:
        return self.email
