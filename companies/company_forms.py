"""Forms of a company's page: description, needs and offers, logo, people."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from companies.editing import CompanyDetails, ListingDetails
from companies.form_fields import (
    NOTHING_SELECTED,
    EmailAddressField,
    LineField,
    NameField,
    SortedMultipleChoiceField,
    WebAddressField,
)
from companies.form_versions import VersionedForm
from companies.forms import LanguageTextFormField
from companies.languages import LocalizedText, in_language
from companies.models import Company, Need, Offer, Topic
from companies.models.company import LOGO_SIDE, Size, countries_by_name
from companies.pictures import PictureFormField


class TopicField(SortedMultipleChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Fields of work"))
        kwargs.setdefault("required", False)
        super().__init__(
            queryset=Topic.objects.all(), to_field_name="slug", widget=forms.CheckboxSelectMultiple, **kwargs
        )

    def label_from_instance(self, topic: Topic) -> LocalizedText:  # type: ignore[override]  # templates mark it
        return in_language(topic.name)


class CompanyForm(VersionedForm):
    name = NameField(label=_("Company name"), max_length=120)
    country = forms.ChoiceField(label=_("Country"), choices=countries_by_name)
    city = LineField(label=_("Town"), max_length=80, required=False)
    size = forms.ChoiceField(label=_("Size"), required=False, choices=[("", NOTHING_SELECTED), *Size.choices])
    website = WebAddressField(label=_("Website"), required=False, max_length=200)
    topics = TopicField()
    summary = LanguageTextFormField(label=_("In one sentence"), required=False)
    description = LanguageTextFormField(label=_("What your company does"), required=False, rows=6)
    logo = PictureFormField(
        side=LOGO_SIDE,
        label=_("Logo"),
        required=False,
        help_text=_("PNG, JPEG, WebP or GIF, at most 4 MB. The logo is shown small and square."),
    )
    no_logo = forms.BooleanField(label=_("Remove logo"), required=False)

    @classmethod
    def values_of(cls, company: Company) -> dict[str, Any]:
        """What is saved, also of what the other forms of the page change."""
        plain = ("name", "country", "city", "size", "website", "summary", "description")
        return {
            **{name: getattr(company, name) for name in plain},
            "topics": [topic.slug for topic in company.topics.all()],
            "saved_logo": company.logo.name,
            "saved_offers": listings_of(company.offers.all()),
            "saved_needs": listings_of(company.needs.all()),
        }

    def details(self, *, offers: list[ListingDetails], needs: list[ListingDetails]) -> CompanyDetails:
        given = self.cleaned_data
        fields = ("name", "country", "city", "size", "website", "summary", "description", "logo", "no_logo")
        return CompanyDetails(
            **{name: given[name] for name in fields},
            topics=tuple(given["topics"]),
            offers=tuple(offers),
            needs=tuple(needs),
        )


class ListingForm(forms.Form):
    """A need or an offer; an entirely empty row is ignored."""

    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    title = LanguageTextFormField(label=_("Short title"), required=False)
    details = LanguageTextFormField(label=_("Details"), required=False, rows=2)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("details") and not given.get("title"):
            self.add_error("title", _("Enter a short title."))
        return given

    def listing(self) -> ListingDetails:
        given = self.cleaned_data
        return ListingDetails(title=given["title"], details=given["details"], pk=given["pk"])


def listings_of(saved: Iterable[Need | Offer]) -> list[dict[str, Any]]:
    return [{"pk": listing.pk, "title": listing.title, "details": listing.details} for listing in saved]


class BaseListingFormSet(forms.BaseFormSet[ListingForm]):
    def differs_from(self, saved: Iterable[Need | Offer]) -> bool:
        """In its words: one that was sent twice is the same."""
        sent = [(listing.title, listing.details) for listing in self.listings()]
        return sent != [(listing.title, listing.details) for listing in saved]

    def listings(self) -> list[ListingDetails]:
        kept = [
            form for form in self.forms if form.cleaned_data.get("title") and form not in self.deleted_forms
        ]
        return [form.listing() for form in kept]


ListingFormSet = cast(
    type[BaseListingFormSet],
    forms.formset_factory(ListingForm, formset=BaseListingFormSet, extra=1, max_num=20, can_delete=True),
)


class AddPersonForm(forms.Form):
    email = EmailAddressField(
        label=_("Colleague’s email address"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        max_length=254,
    )
    name = NameField(label=_("Name"), max_length=120, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """With ids of its own: the page has the company's form, too."""
        super().__init__(*args, **{"auto_id": "colleague_%s", **kwargs})
