"""What a project tells the public: whom it looks for, and who has asked to join."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from companies.ids import new_id
from companies.languages import LanguageTextField, in_language
from companies.model_fields import CleanJSONField, LineField, ProseField
from companies.models import Person
from companies.models.company import country_name
from projects.models.project_room import ProjectRoom

LONGEST_LINE = 200
LONGEST_PARTNERS = 1000
LONGEST_SHEET_TEXT = 5000
LONGEST_REQUEST = 3000


class SheetTexts(models.Model):
    """What a sheet says. Nothing in it comes from the project by itself."""

    title = LanguageTextField(_("title"))
    aim = LanguageTextField(_("aim"), prose=True, blank=True)
    sought = LanguageTextField(_("looking for"), prose=True, blank=True)
    partners = ProseField(_("partners so far"), blank=True)
    countries = CleanJSONField(_("countries"), default=list, blank=True)
    budget = LanguageTextField(_("budget"), blank=True)
    call = LanguageTextField(_("call for proposals"), blank=True)
    deadline = models.DateField(_("deadline"), null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(in_language(self.title))

    @property
    def country_names(self) -> list[str]:
        """In the reader's language."""
        return [country_name(code) for code in self.countries]


SHEET_FIELDS = tuple(field.name for field in SheetTexts._meta.local_fields)


class ProjectSheet(SheetTexts):
    """The draft, which leads change without changing what is public."""

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    project = models.OneToOneField(
        ProjectRoom, verbose_name=_("project room"), on_delete=models.CASCADE, related_name="sheet"
    )
    changed_at = models.DateTimeField(_("changed at"))
    changed_by = models.ForeignKey(
        Person,
        verbose_name=_("changed by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta(SheetTexts.Meta):
        abstract = False
        verbose_name = _("project sheet")
        verbose_name_plural = _("project sheets")


class PublishedSheet(SheetTexts):
    """As it was when a lead published it. It is not shown while the project is archived or closed."""

    sheet = models.OneToOneField(
        ProjectSheet,
        verbose_name=_("project sheet"),
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="published",
    )
    published_at = models.DateTimeField(_("published at"))
    published_by = models.ForeignKey(
        Person,
        verbose_name=_("published by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta(SheetTexts.Meta):
        abstract = False
        verbose_name = _("published project sheet")
        verbose_name_plural = _("published project sheets")


class PartnerRequest(models.Model):
    """Of somebody who wants to join a project: `person` is who wrote it, a guest where nobody was signed in.

    A guest confirms the address first; from then on leads see the request, and the address once they have answered.
    """

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    sheet = models.ForeignKey(
        ProjectSheet, verbose_name=_("project sheet"), on_delete=models.CASCADE, related_name="requests"
    )
    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.CASCADE, related_name="partner_requests"
    )
    name = LineField(pgettext_lazy("of a person", "name"), max_length=120)
    company_name = LineField(_("company name"), max_length=120, blank=True)
    text = ProseField(_("message"), max_length=LONGEST_REQUEST)
    created_at = models.DateTimeField(_("created at"))
    confirmed_at = models.DateTimeField(_("address confirmed at"), null=True, blank=True)
    answer = ProseField(_("answer"), blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.ForeignKey(
        Person,
        verbose_name=_("answered by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        verbose_name = _("contact request")
        verbose_name_plural = _("contact requests")
        indexes = [models.Index(fields=["sheet", "-created_at"], name="requests_of_a_sheet")]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answer="")
                | Q(answered_at__isnull=False, confirmed_at__isnull=False, answer__gt=""),
                name="only_a_confirmed_request_is_answered",
            )
        ]

    def __str__(self) -> str:
        return self.name
