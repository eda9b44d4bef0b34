"""Forms about people, and the field for texts in several languages."""

from functools import cache
from typing import Any

from django import forms
from django.conf import settings
from django.forms.boundfield import BoundField
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from companies import email_addresses, zones
from companies.collation import sorted_by_name
from companies.form_fields import NOTHING_SELECTED, LineField, NameField, ProseField
from companies.languages import NATIVE_NAMES, LanguageText, active_language, codes
from companies.models import Person
from companies.models.company import countries_by_name
from companies.models.person import PICTURE_SIDE
from companies.pictures import PictureFormField
from companies.profiles import ProfileDetails

LINE = 200  # characters in a text of one line
LONG = 20_000  # characters in a text of several lines


class LanguageTextWidget(forms.Widget):
    """One input for each language: the reader's own first, the others folded below. Named `<field>_<code>`."""

    template_name = "companies/language_text_widget.html"

    def __init__(self, *, rows: int = 0, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.rows = rows
        self.label = ""
        self.max_length = LONG if rows else LINE

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_{active_language()}" if id_ else ""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> LanguageText:
        return {code: data.get(f"{name}_{code}", "") for code in settings.ALL_LANGUAGES}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return not any(f"{name}_{code}" in data for code in settings.ALL_LANGUAGES)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        texts = value if isinstance(value, dict) else {}
        inputs = [self._input(name, code, texts, attrs or {}) for code in _reader_first()]
        others = inputs[1:]
        return {
            "label": self.label,
            "rows": self.rows,
            "max_length": self.max_length,
            "own": inputs[0],
            "others": others,
            "filled": [entry["native_name"] for entry in others if entry["text"]],
            # A text or an error in another language must not be folded away.
            "open": bool((attrs or {}).get("aria-invalid"))
            or (not inputs[0]["text"] and any(entry["text"] for entry in others)),
            "kept": [(f"{name}_{code}", texts[code]) for code in texts if code not in codes()],
        }

    def _input(self, name: str, code: str, texts: dict[str, Any], attrs: dict[str, Any]) -> dict[str, Any]:
        own = code == active_language()
        return {
            "name": f"{name}_{code}",
            "id": f"{attrs.get('id') or f'id_{name}'}_{code}",
            "code": code,
            "native_name": NATIVE_NAMES.get(code, code),
            "text": texts.get(code) or "",
            "described_by": attrs.get("aria-describedby", "") if own else "",
            "is_invalid": own and bool(attrs.get("aria-invalid")),
        }

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        return mark_safe(render_to_string(self.template_name, self.get_context(name, value, attrs)))  # noqa: S308 - a template escapes


def _reader_first() -> list[str]:
    reader = active_language()
    return [reader, *(code for code in codes() if code != reader)]


class LanguageTextFormField(forms.Field):
    """A text in several languages: `{"en": "Heat"}`, without empty ones.

    `rows=0` is one line, more is a text area. A required field needs one language, whichever. Works with
    `parts/field.html` as any other field, in model forms by `Meta.field_classes`, and in the administration.
    """

    widget: type[forms.Widget] | forms.Widget = LanguageTextWidget
    default_error_messages = {"required": _("Enter this in at least one language.")}

    def __init__(self, *, rows: int = 0, max_length: int | None = None, **kwargs: Any) -> None:
        for unused in ("encoder", "decoder", "show_hidden_initial"):  # passed by models.JSONField.formfield
            kwargs.pop(unused, None)
        widget = kwargs.get("widget")
        kwargs["widget"] = widget if isinstance(widget, LanguageTextWidget) else LanguageTextWidget(rows=rows)
        super().__init__(**kwargs)
        self.max_length = max_length or (LONG if kwargs["widget"].rows else LINE)
        self.widget.max_length = self.max_length  # type: ignore[union-attr]

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> BoundField:
        bound = super().get_bound_field(form, field_name)
        self.widget.label = bound.label  # type: ignore[union-attr]
        return bound

    def to_python(self, value: Any) -> LanguageText:
        kind = ProseField if self.widget.rows else LineField  # type: ignore[union-attr]
        one = kind(required=False, max_length=self.max_length)
        texts = {code: one.clean(words) for code, words in (value or {}).items()}
        return {code: words for code, words in texts.items() if words}

    def has_changed(self, initial: Any, data: Any) -> bool:
        return {code: words for code, words in (initial or {}).items() if words} != {
            code: words for code, words in (data or {}).items() if words
        }


def language_choices() -> list[tuple[str, str]]:
    return [(code, NATIVE_NAMES.get(code, code)) for code in codes()]


def zone_choices() -> list[tuple[Any, Any]]:
    """All allowed zones by city, those around the southern Baltic first."""
    return _zone_choices(active_language())


@cache
def _zone_choices(_language: str) -> list[tuple[Any, Any]]:
    others = [name for name in zones.choices() if name not in zones.NEARBY]
    elsewhere = [(name, zones.label_with_country(name)) for name in others]
    return [
        (gettext("Nearby"), [(name, zones.label(name)) for name in zones.NEARBY]),
        (gettext("Other time zones"), sorted_by_name(elsewhere, lambda pair: pair[1])),
    ]


class ZoneField(forms.ChoiceField):
    """Offers cities; accepts every IANA name, because a browser or a program may have set another."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"label": _("Time zone"), "choices": zone_choices, **kwargs})

    def valid_value(self, value: Any) -> bool:
        return value in zones.known()

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> BoundField:
        """The present value is always among the choices, else saving would change it silently."""
        bound = super().get_bound_field(form, field_name)
        kept = bound.value()
        if kept in zones.known() and kept not in zones.choices():
            self.widget.choices = [(kept, zones.label(kept)), *zone_choices()]
        return bound


class SignupForm(forms.Form):
    """What a new account asks for besides the address; allauth derives its form from this one."""

    name = NameField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    language = forms.ChoiceField(
        label=_("Language for pages and emails"), choices=language_choices, initial=active_language
    )
    field_order = ["email", "name", "language"]

    def signup(self, request: HttpRequest, person: Person) -> None:
        """Called when the person is saved: stores the name, the language and the browser's time zone."""
        person.name = self.cleaned_data["name"]
        person.language = self.cleaned_data["language"]
        person.timezone = zones.from_cookies(request.COOKIES) or person.timezone
        person.save(update_fields=["name", "language", "timezone"])


class ProfileForm(forms.ModelForm[Person]):
    language = forms.ChoiceField(label=_("Language for pages and emails"), choices=language_choices)
    timezone = ZoneField()

    class Meta:
        model = Person
        fields = ["name", "title", "country", "language", "timezone"]
        fields += ["wants_reminders", "wants_follow_ups", "wants_digest", "wants_newsletter"]
        fields += ["has_quiet_hours"]
        labels = {
            "name": _("Your name"),
            "title": pgettext_lazy("of a person", "Job title"),
            "country": _("Country"),
            "wants_reminders": _("Email me reminders about meetings I’m registered for"),
            "wants_digest": _("Email me once a week what’s new: upcoming webinars and new recordings"),
            "wants_newsletter": _("Email me the secretariat’s newsletter"),
            "wants_follow_ups": _("Email me after meetings, for example when the recording is available"),
            "has_quiet_hours": _("Quiet hours: hold non-urgent emails between 22:00 and 7:00 my time"),
        }
        field_classes = {"name": NameField}
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "title": forms.TextInput(attrs={"autocomplete": "organization-title"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
        self.fields["country"] = forms.ChoiceField(
            label=_("Country"),
            required=False,
            choices=lambda: [("", str(NOTHING_SELECTED)), *countries_by_name()],
        )

    def details(self) -> ProfileDetails:
        return ProfileDetails(**self.cleaned_data)


class PersonPictureForm(forms.Form):
    picture = PictureFormField(
        side=PICTURE_SIDE,
        ratio=1,
        label=_("Picture of you"),
        help_text=_("PNG, JPEG, WebP or GIF, at most 4 MB. It is cropped to a circle around the middle."),
    )


class TimeZoneForm(forms.Form):
    timezone = ZoneField()


class DeleteAccountForm(forms.Form):
    """The typed address says that nobody pressed the button by mistake."""

    email = LineField(
        label=_("Type your email address to confirm"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "email", "autocapitalize": "none"}),
    )

    def __init__(self, *args: Any, email: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self._expected = email

    def clean_email(self) -> str:
        typed = email_addresses.normalized(str(self.cleaned_data["email"]))
        if typed != self._expected:
            raise forms.ValidationError(_("This is not the address of this account."))
        return typed
