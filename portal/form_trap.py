"""A hidden field that only robots fill, for forms that anybody may send.

A filled hidden field is no proof, because password managers fill it too: the person ticks a box and sends again.
"""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from companies.form_fields import EmailAddressField, LineField
from notifications.mime import UnusableAddress, ascii_address


class TrapForm(forms.Form):
    # Hidden from people. Its name means nothing to browsers and password managers, and its attributes ask those that
    # fill unknown fields not to.
    leave_empty = LineField(
        required=False,
        widget=forms.TextInput(
            attrs={
                "tabindex": "-1",
                "autocomplete": "off",
                "data-1p-ignore": "",
                "data-bwignore": "",
                "data-lpignore": "true",
                "data-form-type": "other",
            }
        ),
    )
    is_person = forms.BooleanField(label=_("I’m not a robot"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_rate_limited = False
        self.shows_person_check = bool(self.data.get("is_person"))

    @property
    def shown_fields(self) -> list[forms.BoundField]:
        """In the order of the form, the box to tick last."""
        own = [field for field in self if field.name not in {"leave_empty", "is_person"}]
        return [*own, self["is_person"]] if self.shows_person_check else own

    def clean(self) -> dict[str, Any]:
        """Empties a filled hidden field and asks the person to tick a box; what was typed stays."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("leave_empty") and not cleaned.get("is_person"):
            self.add_error(
                None,
                _(
                    "Nothing you entered is lost. Please tick the box below and send the form again. "
                    "A hidden field was filled in, often by a password manager."
                ),
            )
        if cleaned.get("leave_empty"):
            self.shows_person_check = True
            typed: Any = self.data
            self.data = typed.copy()  # may be changed, and keeps every tick of a list
            self.data["leave_empty"] = ""  # type: ignore[index]
        return cleaned


class AddressForm(TrapForm):
    """One whose answer goes to the address that was typed."""

    email = EmailAddressField(
        label=_("Email address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )

    def clean_email(self) -> str:
        """An address that cannot stand in a header would stop the email itself."""
        email = str(self.cleaned_data["email"])
        try:
            ascii_address(email)
        except UnusableAddress as error:
            raise forms.ValidationError(_("Email apps can’t send to this address.")) from error
        return email
