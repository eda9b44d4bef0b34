"""The registration form: at most four fields, fewer when signed in, then what the host asks.

It has a hidden field that only robots fill. A filled one is no proof, because password managers fill it too: the person
ticks a box and sends again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from companies import zones
from companies.company_names import listed_company_named
from companies.form_fields import EmailAddressField, LineField
from companies.languages import NATIVE_NAMES, codes
from companies.models import Person
from companies.models.company import Country
from meetings.models import Registration
from meetings.question_input import QuestionInput
from meetings.registering import Applicant
from portal.answer_fields import AskingForm, initial_answers

_COUNTRY_OF_LANGUAGE = {"sv": "SE", "da": "DK", "pl": "PL", "de": "DE", "lt": "LT"}
_COUNTRY_OF_ZONE = {
    "Europe/Stockholm": "SE",
    "Europe/Copenhagen": "DK",
    "Europe/Warsaw": "PL",
    "Europe/Berlin": "DE",
    "Europe/Vilnius": "LT",
}


@dataclass(frozen=True)
class BrowserHints:
    """From the request's headers and cookie, for the fields that are not shown."""

    timezone: str
    has_timezone_cookie: bool
    accepted_languages: str


class RegistrationForm(AskingForm):
    name = LineField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = EmailAddressField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    company = LineField(
        label=_("Company"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    language = forms.ChoiceField(label=_("Write to me in"))
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
    is_person = forms.BooleanField(label=_("I am a person, not a program"), required=False)

    def __init__(self, *args: Any, person: Person | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.is_rate_limited = False
        self.shows_person_check = bool(self.data.get("is_person"))
        languages: Any = self.fields["language"]
        languages.choices = [(code, NATIVE_NAMES.get(code, code)) for code in codes()]
        self.fields["is_person"] = self.fields.pop("is_person")  # last, after the host's questions
        if person is not None:
            del self.fields["email"], self.fields["company"]
            if person.name:
                del self.fields["name"]

    @classmethod
    def prefilled(
        cls,
        *,
        person: Person | None,
        registration: Registration | None,
        language: str,
        questions: Sequence[QuestionInput] = (),
        posted: Any = None,
    ) -> "RegistrationForm":
        """With the data of the signed-in person, or of the guest's last registration; otherwise empty."""
        initial = {"language": person.language if person else language}
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
        hidden = {"leave_empty"} if self.shows_person_check else {"leave_empty", "is_person"}
        return [field for field in self if field.name not in hidden]

    def clean(self) -> dict[str, Any]:
        """Empties a filled hidden field and asks the person to tick a box; what was typed stays."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("leave_empty") and not cleaned.get("is_person"):
            self.add_error(
                None,
                _(
                    "Nothing is lost: please tick the box below and send the form once more. "
                    "Something filled in a hidden field; often it is a password manager."
                ),
            )
        if cleaned.get("leave_empty"):
            self.shows_person_check = True
            typed: Any = self.data
            self.data = typed.copy()  # may be changed, and keeps every tick of a list
            self.data["leave_empty"] = ""  # type: ignore[index]
        return cleaned

    def applicant(self, browser_hints: BrowserHints, *, is_verified: bool = False) -> Applicant:
        """What was entered, and a guess for what was not asked. Only after is_valid()."""
        cleaned = self.cleaned_data
        person = self.person
        company = person.company if person else listed_company_named(cleaned.get("company", ""))
        country = company.country if company else guess_country(browser_hints)
        return Applicant(
            email=person.email if person else cleaned["email"],
            name=cleaned.get("name") or (person.name if person else ""),
            company_name=company.name if company else cleaned.get("company", ""),
            country=(person.country if person else "") or country,
            language=cleaned["language"],
            timezone=person.timezone if person else browser_hints.timezone,
            is_verified=person is not None or is_verified,
            answers=self.answers,
        )


class AnswersForm(AskingForm):
    """The host's questions alone, with what was answered before."""

    @classmethod
    def of(
        cls, registration: Registration, questions: Sequence[QuestionInput], posted: Any = None
    ) -> "AnswersForm":
        return cls(posted, questions=questions, initial=initial_answers(registration.answers))


def guess_country(browser_hints: BrowserHints) -> str:
    """The country of the browser's time zone, else of its first language; empty when neither is known."""
    country = _COUNTRY_OF_ZONE.get(zones.canonical(browser_hints.timezone), "")
    if browser_hints.has_timezone_cookie and country:
        return country
    first = browser_hints.accepted_languages.split(",")[0].split(";")[0].strip()
    language, _dash, region = first.partition("-")
    known = {country for country in Country.values if country != Country.OTHER}
    return region.upper() if region.upper() in known else _COUNTRY_OF_LANGUAGE.get(language.lower(), "")
