"""What a browser says of its subscription (Push API, PushSubscription)."""

import base64
import binascii

from cryptography.hazmat.primitives.asymmetric import ec
from django import forms
from django.utils.translation import gettext_lazy as _

from companies.form_fields import LineField
from notifications.push_service import Target, is_known_service

POINT, SECRET = 65, 16  # bytes


class PushForm(forms.Form):
    endpoint = LineField(max_length=1000)
    p256dh = LineField(max_length=100)
    auth = LineField(max_length=40)

    def clean_endpoint(self) -> str:
        endpoint = str(self.cleaned_data["endpoint"])
        if not is_known_service(endpoint):
            raise forms.ValidationError(_("We can’t send notifications to this browser’s push service."))
        return endpoint

    def clean_p256dh(self) -> str:
        text, raw = _of_length(str(self.cleaned_data["p256dh"]), POINT)
        try:
            ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
        except ValueError as error:  # not on the curve
            raise forms.ValidationError(_("This isn’t a valid browser key.")) from error
        return text

    def clean_auth(self) -> str:
        return _of_length(str(self.cleaned_data["auth"]), SECRET)[0]

    def target(self) -> Target:
        """Only when valid."""
        given = self.cleaned_data
        return Target(given["endpoint"], given["p256dh"], given["auth"])


class MovedPushForm(PushForm):
    former = LineField(max_length=1000)


def _of_length(text: str, length: int) -> tuple[str, bytes]:
    """As it was given and decoded."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as error:
        raise forms.ValidationError(_("This isn’t a valid browser key.")) from error
    if len(raw) != length:
        raise forms.ValidationError(_("This isn’t a valid browser key."))
    return text, raw
