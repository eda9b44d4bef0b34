"""Forms of the secretariat's pages: people, companies, fields of work."""

from operator import attrgetter
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from companies.administering import PersonAccess
from companies.form_fields import Filter, NameField, SortedChoiceField, words_field
from companies.forms import LanguageTextFormField
from companies.models import Company, Person, Topic
from companies.models.company import countries_by_name


class PeopleFilter(Filter):
    q = words_field(_("Search by name, company or email address"), _("Name, company or email"))
    group = forms.ChoiceField(
        label=_("Show people"),
        required=False,
        choices=[
            ("", _("All people")),
            ("no_company", _("People with an account and no company")),
            ("company_admin", _("Company admins")),
            ("secretariat", _("Secretariat")),
            ("closed", _("Closed accounts")),
        ],
    )


class PersonAccessForm(forms.Form):
    """`is_own`: the person's own role and account are not theirs to change."""

    company = SortedChoiceField(
        label=_("Company"),
        queryset=Company.objects.all(),
        required=False,
        empty_label=_("No company"),
        help_text=_("People of a company can plan meetings and see its project rooms."),
    )
    is_company_admin = forms.BooleanField(
        label=_("Company admin"),
        required=False,
        help_text=_("Can edit the company’s page and add or remove its people."),
    )
    is_secretariat = forms.BooleanField(
        label=_("Secretariat"),
        required=False,
        help_text=_("Can see these pages and do everything a host can do, in every meeting."),
    )
    is_active = forms.BooleanField(
        label=_("The account is active"),
        required=False,
        help_text=_(
            "Untick to close the account: the person is signed out everywhere and gets no more emails."
        ),
    )

    def __init__(self, *args: Any, person: Person, is_own: bool, **options: Any) -> None:
        names = ("company", "is_company_admin", "is_secretariat", "is_active")
        options["initial"] = {name: getattr(person, name) for name in names}
        super().__init__(*args, **options)
        for name in ("is_secretariat", "is_active"):
            self.fields[name].disabled = is_own

    def access(self) -> PersonAccess:
        return PersonAccess(**self.cleaned_data)


class CompanyFilter(Filter):
    q = words_field(_("Search by name or town"), _("Name or town"))
    group = forms.ChoiceField(
        label=_("Show companies"),
        required=False,
        choices=[
            ("", _("All companies")),
            ("hidden", _("Not in the directory")),
            ("no_admin", _("Without a company admin")),
        ],
    )


class NewCompanyForm(forms.Form):
    name = NameField(label=_("Company name"), max_length=120)
    country = forms.ChoiceField(label=_("Country"), choices=countries_by_name)


class TopicForm(forms.Form):
    name = LanguageTextFormField(label=_("Field of work"))


class MergeTopicForm(forms.Form):
    into = SortedChoiceField(
        label=_("Merge with"),
        queryset=Topic.objects.none(),
        empty_label=_("Choose one"),
        text_of=attrgetter("name"),
    )

    def __init__(self, *args: Any, topic: Topic, **options: Any) -> None:
        super().__init__(*args, **options)
        into: Any = self.fields["into"]
        into.queryset = Topic.objects.exclude(pk=topic.pk)
