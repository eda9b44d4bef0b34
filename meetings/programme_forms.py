"""The secretariat's form of a programme."""

from dataclasses import fields
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from companies.form_fields import LineField
from companies.form_versions import VersionedForm
from companies.forms import LanguageTextFormField, ZoneField
from companies.models.person import default_timezone
from companies.pictures import PictureFormField
from meetings.announcing import ProgrammeDetails, problem_of_days, problem_of_title, slug_of
from meetings.meeting_form_fields import capitalized
from meetings.models import Programme
from meetings.models.programme import COVER_RATIO, COVER_SIDE


def _day(label: object) -> forms.DateField:
    return forms.DateField(
        label=label,  # type: ignore[arg-type]
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class ProgrammeForm(VersionedForm):
    title = LanguageTextFormField(label=_("Title"))
    kind = forms.ChoiceField(label=_("Type"), choices=capitalized(Programme.Kind.choices))
    summary = LanguageTextFormField(
        label=_("Summary"), required=False, rows=2, help_text=_("One or two sentences.")
    )
    description = LanguageTextFormField(label=_("Description"), required=False, rows=6)
    starts_on = _day(_("First day"))
    ends_on = _day(_("Last day"))
    timezone = ZoneField(initial=default_timezone)
    place = LineField(label=_("Place"), required=False, max_length=120)
    picture = PictureFormField(
        side=COVER_SIDE,
        ratio=COVER_RATIO,
        label=_("Picture"),
        required=False,
        help_text=_("PNG, JPEG, WebP or GIF, at most 4 MB. It is cropped to 16:9 around the middle."),
    )
    no_picture = forms.BooleanField(label=_("Remove the picture"), required=False)
    picture_text = LanguageTextFormField(
        label=_("Picture description"),
        required=False,
        help_text=_("Read out to people who cannot see the picture."),
    )
    is_published = forms.BooleanField(
        label=_("Published"),
        required=False,
        help_text=_("Until then, only the secretariat can see it."),
    )

    def __init__(self, *args: Any, programme: Programme | None = None, **options: Any) -> None:
        if programme is not None:
            options["initial"] = {name: getattr(programme, name) for name in _SHOWN}
        super().__init__(*args, **options)
        self.programme = programme
        if programme is None or not programme.picture:
            del self.fields["no_picture"]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        problems = {}
        if self.programme is None and given.get("title"):
            problems["title"] = problem_of_title(given["title"])
        if {"starts_on", "ends_on"} <= given.keys():
            problems["ends_on"] = problem_of_days(given["starts_on"], given["ends_on"])
        for name, problem in problems.items():
            if problem:
                self.add_error(name, problem)
        return given

    def details(self) -> ProgrammeDetails:
        slug = self.programme.slug if self.programme else slug_of(self.cleaned_data["title"])
        return ProgrammeDetails(slug=slug, **{name: self.cleaned_data[name] for name in _SHOWN})


_SHOWN = [one.name for one in fields(ProgrammeDetails) if one.name != "slug"]
