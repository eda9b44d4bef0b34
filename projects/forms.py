"""The forms of project rooms."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from companies.access import listed_companies
from companies.form_fields import (
    EmailAddressField,
    LineField,
    ProseField,
    SortedChoiceField,
    SortedMultipleChoiceField,
)
from companies.form_versions import VersionedForm
from companies.forms import LanguageTextFormField
from companies.models import Company, Person
from meetings.access import Visitor
from projects import joining
from projects.acting import ActionInput
from projects.file_kinds import ACCEPT
from projects.memberships import companies_of, memberships
from projects.models import Action, ProjectRoom, Role
from projects.models.action import LONGEST_TEXT
from projects.models.discussion import LONGEST_POST, LONGEST_SUBJECT
from projects.models.project_room import LONGEST_REASON

LONGEST_TERMS = 20_000
MOST_OWNERS = 300  # people to choose from


class ProjectRoomForm(forms.Form):
    title = LanguageTextFormField(label=_("What is the project called?"), max_length=200)
    purpose = LanguageTextFormField(
        label=_("What is the room for?"),
        rows=3,
        required=False,
        help_text=_("One or two sentences for people who join later."),
    )
    partners = SortedMultipleChoiceField(
        Company.objects.none(),
        label=_("With which companies?"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Your own company is already included. Everyone from these companies can enter the room."
        ),
        error_messages={
            "required": _("A project room needs at least two companies. Choose at least one other.")
        },
    )

    def __init__(self, *args: Any, own: Company, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own = own
        self.fields["partners"].queryset = listed_companies().exclude(pk=own.pk)  # type: ignore[attr-defined]

    @property
    def companies(self) -> list[Company]:
        return [self.own, *self.cleaned_data["partners"]]


class ProjectTextsForm(VersionedForm):
    title = LanguageTextFormField(label=_("What is the project called?"), max_length=200)
    purpose = LanguageTextFormField(label=_("What is the room for?"), rows=3, required=False)


class ProjectCompanyForm(forms.Form):
    company = SortedChoiceField(label=_("Company"), queryset=None)

    def __init__(self, *args: Any, project: ProjectRoom, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = listed_companies().exclude(pk__in=companies_of(project.pk).values("pk"))
        self.fields["company"].queryset = others  # type: ignore[attr-defined]

    def add_to(self, project: ProjectRoom, *, by: Visitor, now: datetime) -> str:
        """The company's name. Raises UnableToChange."""
        company: Company = self.cleaned_data["company"]
        joining.add_company(project=project, company=company, by=by, now=now)
        return company.name


class ProjectPersonForm(forms.Form):
    email = EmailAddressField(label=_("Email"))
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[(role.value, role.label) for role in (Role.MEMBER, Role.READER, Role.LEAD)],
        help_text=_("Readers can read and listen, but not write. Leads manage the project."),
    )
    until = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("For people from outside. Their access ends after this day."),
    )

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("until") and self.cleaned_data.get("role") == Role.LEAD:
            self.add_error("until", _("A lead has no last day."))
        return self.cleaned_data

    def add_to(self, project: ProjectRoom, *, by: Visitor, now: datetime) -> str:
        """The person's name or address. Raises UnableToChange."""
        cleaned = self.cleaned_data
        member = joining.add_person(
            project=project,
            email=cleaned["email"],
            role=Role(cleaned["role"]),
            until=cleaned["until"],
            by=by,
            now=now,
        )
        return str(member.person)


class ProjectStateForm(forms.Form):
    reason = LineField(label=_("Reason"), required=False, max_length=LONGEST_REASON)


class ProjectTermsForm(forms.Form):
    text = LanguageTextFormField(
        label=_("Terms of confidentiality"),
        rows=12,
        max_length=LONGEST_TERMS,
        help_text=_("Each person reads them in their language where you have written it."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=30_000)


class ProjectFileForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        help_text=_("PDF, pictures, office documents without macros, plain text or ZIP, at most 200 MB."),
        error_messages={"empty": _("The file is empty.")},
    )


class DecisionForm(forms.Form):
    text = LineField(label=_("What was decided?"), max_length=LONGEST_TEXT)


class PostForm(forms.Form):
    text = ProseField(
        label=pgettext_lazy("in a discussion", "Message"),
        max_length=LONGEST_POST,
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class ThreadForm(PostForm):
    subject = LineField(label=_("Subject"), max_length=LONGEST_SUBJECT)

    field_order = ["subject", "text"]


class EditPostForm(VersionedForm, PostForm):
    pass


class ActionForm(VersionedForm):
    """Once it is valid, `content` holds what the flow takes. Owners are written as `person-1` and `company-1`."""

    text = LineField(label=_("What is to be done?"), max_length=LONGEST_TEXT)
    owner = forms.ChoiceField(label=_("By whom?"), required=False)
    due_on = forms.DateField(
        label=_("By when?"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, project: ProjectRoom, saved: Action | None = None, **options: Any) -> None:
        if saved is not None:
            options["initial"] = {"text": saved.text, "owner": _owner_of(saved), "due_on": saved.due_on}
        super().__init__(*args, **options)
        people = memberships.people_of(project.pk).select_related("company").order_by("name", "pk")
        self._people = {f"person-{one.pk}": one for one in people[:MOST_OWNERS]}
        self._companies = {f"company-{one.pk}": one for one in companies_of(project.pk).order_by("name")}
        if saved is not None and saved.person is not None:  # also somebody who has left
            self._people.setdefault(f"person-{saved.person.pk}", saved.person)
        if saved is not None and saved.company is not None:
            self._companies.setdefault(f"company-{saved.company.pk}", saved.company)
        self.fields["owner"].choices = [  # type: ignore[attr-defined]
            ("", _("nobody yet")),
            (_("Companies"), [(key, one.name) for key, one in self._companies.items()]),
            (_("People"), [(key, _named(one)) for key, one in self._people.items()]),
        ]

    @property
    def content(self) -> ActionInput:
        """Only when valid."""
        cleaned = self.cleaned_data
        return ActionInput(
            text=cleaned["text"],
            person=self._people.get(cleaned["owner"]),
            company=self._companies.get(cleaned["owner"]),
            due_on=cleaned["due_on"],
        )


def _named(person: Person) -> str:
    return f"{person}, {person.company.name}" if person.company is not None else str(person)


def _owner_of(action: Action) -> str:
    if action.person_id is not None:
        return f"person-{action.person_id}"
    return f"company-{action.company_id}" if action.company_id is not None else ""
