"""Forms that anybody may send and that only cause an email: the contact form, and asking for a lost confirmation."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from companies.form_fields import EmailAddressField, NameField, ProseField
from companies.models import Person
from matchmaking.models import ContactRequest
from matchmaking.requesting import ContactInput
from notifications.contacting import WrittenMessage
from portal.form_trap import AddressForm, TrapForm
from projects.models.sheet import LONGEST_REQUEST
from projects.seeking_partners import RequestInput

LONGEST = 5000


class LostConfirmationForm(TrapForm):
    email = EmailAddressField(
        label=_("Email address you registered with"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class SenderForm(AddressForm):
    """Who is signed in is not asked for name, company and address."""

    name = NameField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    company_name = NameField(
        label=_("Company"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    text = ProseField(
        label=_("Your message"), max_length=LONGEST_REQUEST, widget=forms.Textarea(attrs={"rows": 6})
    )

    field_order = ("name", "company_name", "email", "reason", "text")

    def __init__(self, *args: Any, person: Person | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        if person is not None:
            del self.fields["email"]
            if person.name:
                del self.fields["name"]
            if person.company is not None:
                self.fields.pop("company_name", None)

    @property
    def address(self) -> str:
        """Of the sender. Only after is_valid()."""
        return self.person.email if self.person else str(self.cleaned_data["email"])

    @property
    def sender_name(self) -> str:
        """Only after is_valid()."""
        return self.cleaned_data.get("name") or (self.person.name if self.person else "")

    @property
    def sender_company(self) -> str:
        """Only after is_valid()."""
        company = self.person.company if self.person else None
        return company.name if company else str(self.cleaned_data.get("company_name", ""))


class PartnerRequestForm(SenderForm):
    def content(self, *, language: str, timezone: str) -> RequestInput:
        """Only after is_valid()."""
        return RequestInput(
            name=self.sender_name,
            company_name=self.sender_company,
            email=self.address,
            text=self.cleaned_data["text"],
            language=language,
            timezone=timezone,
        )


class CompanyContactForm(SenderForm):
    reason = forms.ChoiceField(label=_("What is it about?"), choices=ContactRequest.Reason.choices)

    def content(self, *, language: str, timezone: str) -> ContactInput:
        """Only after is_valid()."""
        return ContactInput(
            name=self.sender_name,
            company_name=self.sender_company,
            email=self.address,
            reason=ContactRequest.Reason(self.cleaned_data["reason"]),
            text=self.cleaned_data["text"],
            language=language,
            timezone=timezone,
        )


class ContactForm(SenderForm):
    """To the operator. Nobody is asked for a company."""

    company_name = None  # type: ignore[assignment]  # takes the field away
    text = ProseField(label=_("Your message"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 7}))

    def message(self, *, language: str) -> WrittenMessage:
        """Only after is_valid()."""
        return WrittenMessage(
            name=self.sender_name,
            email=self.address,
            company_name=self.sender_company,
            text=self.cleaned_data["text"],
            language=language,
        )
