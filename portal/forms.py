"""The registration form: at most four fields, fewer when signed in, then what the host asks.

The funder counts companies by country. It is asked, never guessed in silence; only of people whose company stands in
the directory it is known.
"""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from companies import zones
from companies.company_names import listed_company_named
from companies.form_fields import EmailAddressField, NameField
from companies.languages import NATIVE_NAMES, codes
from companies.models import Company, Person
from companies.models.company import Country, countries_by_name
from meetings.models import Invitation, Registration
from meetings.question_input import QuestionInput
from meetings.registering import Applicant
from portal.answer_fields import AskingForm, initial_answers
from portal.form_trap import TrapForm

_COUNTRY_OF_LANGUAGE = {"sv": "SE", "da": "DK", "pl": "PL", "de": "DE", "lt": "LT"}
_COUNTRY_OF_ZONE = {
    "Europe/Stockholm": "SE",
    "Europe/Copenhagen": "DK",
    "Europe/Warsaw": "PL",
    "Europe/Berlin": "DE",
    "Europe/Vilnius": "LT",
}


def _company_field() -> NameField:
    return NameField(
        label=_("Company"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )


def _country_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Country of your company"), widget=forms.Select(attrs={"autocomplete": "country"})
    )


def _offer_countries(form: forms.Form) -> None:
    countries: Any = form.fields["country"]
    unknown = [] if form.initial.get("country") else [("", _("Choose a country"))]
    countries.choices = [*unknown, *countries_by_name()]
    # A page that was opened before the field existed sends none: nothing is lost, and nothing is guessed.
    countries.required = not form.is_bound or "country" in form.data


def _country_chosen(form: forms.Form, company: Company | None) -> str:
    """Of a company in the directory its own, unless something else was chosen than the form offered."""
    chosen = str(form.cleaned_data.get("country", ""))
    is_chosen = bool(chosen) and "country" in form.changed_data
    return chosen if company is None or is_chosen else company.country


class RegistrationForm(TrapForm, AskingForm):
    name = NameField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = EmailAddressField(
        label=_("Email address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    company = _company_field()
    country = _country_field()
    language = forms.ChoiceField(label=_("Email language"))

    def __init__(self, *args: Any, person: Person | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        languages: Any = self.fields["language"]
        languages.choices = [(code, NATIVE_NAMES.get(code, code)) for code in codes()]
        _offer_countries(self)
        if person is not None:
            del self.fields["email"], self.fields["company"]
            if person.company is not None:
                del self.fields["country"]
            if person.name:
                del self.fields["name"]

    @classmethod
    def prefilled(
        cls,
        *,
        person: Person | None,
        registration: Registration | None,
        language: str,
        timezone: str,
        questions: Sequence[QuestionInput] = (),
        posted: Any = None,
    ) -> "RegistrationForm":
        """With the data of the signed-in person, or of the guest's last registration; otherwise empty."""
        initial = {
            "language": person.language if person else language,
            "country": known_country(person, registration)
            or likely_country(language=language, timezone=timezone),
        }
        if person is None and registration is not None:
            initial |= {
                "name": registration.name,
                "email": registration.email,
                "company": registration.company_name,
            }
            initial["language"] = registration.language
        return cls(posted, person=person, initial=initial, questions=questions)

    @property
    def shown_fields(self) -> list[forms.BoundField]:
        """Without the language, which the page's own usually is: the page shows it folded."""
        return [field for field in super().shown_fields if field.name != "language"]

    @property
    def chosen_language(self) -> str:
        return str(self["language"].value() or self.initial["language"])

    def applicant(self, *, timezone: str, is_verified: bool = False) -> Applicant:
        """What was entered, and what is known of the person. Only after is_valid()."""
        cleaned = self.cleaned_data
        person = self.person
        company = person.company if person else listed_company_named(cleaned.get("company", ""))
        return Applicant(
            email=person.email if person else cleaned["email"],
            name=cleaned.get("name") or (person.name if person else ""),
            company_name=company.name if company else cleaned.get("company", ""),
            country=_country_chosen(self, company),
            language=cleaned["language"],
            timezone=person.timezone if person else timezone,
            is_verified=person is not None or is_verified,
            answers=self.answers,
        )


def known_country(person: Person | None, registration: Registration | None) -> str:
    """From the directory, the profile or an earlier registration; “another country” for one that is not listed."""
    country = person.country if person else ""
    if not country and registration is not None:
        listed = registration.company or listed_company_named(registration.company_name)
        country = listed.country if listed else registration.country
    return country if not country or country in Country.values else Country.OTHER


def likely_country(*, language: str, timezone: str) -> str:
    """What the form offers somebody unknown, who sees it and can change it; empty where they must choose.

    The language says more than the clock, but for English. Only what shared pages are cached by is used.
    """
    return _COUNTRY_OF_LANGUAGE.get(language) or _COUNTRY_OF_ZONE.get(zones.canonical(timezone), "")


class AcceptForm(forms.Form):
    """Asks for what the host did not say: the name, which others see in the room, the company and its country."""

    name = NameField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    company = _company_field()
    country = _country_field()

    def __init__(self, posted: Any = None, *, invitation: Invitation) -> None:
        person = invitation.person
        offered = known_country(person, None) or likely_country(
            language=invitation.language, timezone=invitation.timezone
        )
        super().__init__(posted, initial={"country": offered})
        listed = invitation.company or person.company or listed_company_named(invitation.company_name)
        if invitation.known_name:
            del self.fields["name"]
        if listed or invitation.company_name:
            del self.fields["company"]
        if listed:
            del self.fields["country"]
        else:
            _offer_countries(self)

    def answered(self) -> dict[str, str]:
        """Only after is_valid(): `name`, `company_name` and `country`, empty where they were not asked."""
        cleaned = self.cleaned_data
        listed = listed_company_named(cleaned.get("company", ""))
        return {
            "name": cleaned.get("name", ""),
            "company_name": listed.name if listed else cleaned.get("company", ""),
            "country": _country_chosen(self, listed),
        }


class AnswersForm(AskingForm):
    """The host's questions alone, with what was answered before."""

    @classmethod
    def of(
        cls, registration: Registration, questions: Sequence[QuestionInput], posted: Any = None
    ) -> "AnswersForm":
        return cls(posted, questions=questions, initial=initial_answers(registration.answers))
