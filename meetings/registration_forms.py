"""Asking for a seat: at most four fields, fewer for who is signed in, and one that only a robot fills."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from companies import zones
from companies.company_names import listed_company_named
from companies.form_fields import AddressField, LineField
from companies.languages import OWN_NAMES, codes
from companies.models import Person
from companies.models.company import Country
from meetings.models import Registration
from meetings.registering import Applicant

_COUNTRY_OF_LANGUAGE = {"sv": "SE", "da": "DK", "pl": "PL", "de": "DE", "lt": "LT"}
_COUNTRY_OF_ZONE = {
    "Europe/Stockholm": "SE",
    "Europe/Copenhagen": "DK",
    "Europe/Warsaw": "PL",
    "Europe/Berlin": "DE",
    "Europe/Vilnius": "LT",
}


@dataclass(frozen=True)
class Surroundings:
    """What the browser tells without being asked, for the fields that are not shown."""

    timezone: str
    has_told_timezone: bool
    accepted_languages: str


class RegistrationForm(forms.Form):
    name = LineField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = AddressField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    company = LineField(
        label=_("Company"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    language = forms.ChoiceField(label=_("Write to me in"))
    # People neither see nor reach it.
    website = forms.CharField(
        required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"})
    )

    def __init__(self, *args: Any, person: Person | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.was_too_often = False
        languages: Any = self.fields["language"]
        languages.choices = [(code, OWN_NAMES.get(code, code)) for code in codes()]
        if person is not None:
            del self.fields["email"], self.fields["company"]
            if person.name:
                del self.fields["name"]

    @classmethod
    def prefilled(
        cls, *, person: Person | None, seat: Registration | None, language: str, posted: Any = None
    ) -> "RegistrationForm":
        """For a signed-in person, for a guest as they wrote last time, or empty."""
        initial = {"language": person.language if person else language}
        if person is None and seat is not None:
            initial |= {"name": seat.name, "email": seat.email, "company": seat.company_name}
            initial["language"] = seat.language
        return cls(posted, person=person, initial=initial)

    @property
    def shown_fields(self) -> list[forms.BoundField]:
        return [field for field in self if field.name != "website"]

    @property
    def is_from_a_robot(self) -> bool:
        return bool(self.cleaned_data.get("website"))

    def applicant(self, surroundings: Surroundings) -> Applicant:
        """What was written, and for what was not asked a good guess. Only after is_valid()."""
        said = self.cleaned_data
        person = self.person
        company = person.company if person else listed_company_named(said.get("company", ""))
        country = company.country if company else guess(surroundings)
        return Applicant(
            email=person.email if person else said["email"],
            name=said.get("name") or (person.name if person else ""),
            company_name=company.name if company else said.get("company", ""),
            country=(person.country if person else "") or country,
            language=said["language"],
            timezone=person.timezone if person else surroundings.timezone,
        )


def guess(surroundings: Surroundings) -> str:
    """The country of the browser's clock, else of its first language; empty when neither says."""
    country = _COUNTRY_OF_ZONE.get(zones.canonical(surroundings.timezone), "")
    if surroundings.has_told_timezone and country:
        return country
    first = surroundings.accepted_languages.split(",")[0].split(";")[0].strip()
    language, _dash, region = first.partition("-")
    known = {country for country in Country.values if country != Country.OTHER}
    return region.upper() if region.upper() in known else _COUNTRY_OF_LANGUAGE.get(language.lower(), "")
