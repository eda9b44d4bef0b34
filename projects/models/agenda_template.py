"""An agenda that a project uses again and again."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from companies.ids import new_id
from companies.languages import LanguageTextField
from companies.model_fields import LineField
from engagement.agenda.models import LONGEST, LONGEST_NAME
from projects.models.project_room import ProjectRoom

LONGEST_TEMPLATE_NAME = 80


class AgendaTemplate(models.Model):
    """`is_default`: a meeting that is scheduled in the project without an agenda gets it."""

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    project = models.ForeignKey(
        ProjectRoom, verbose_name=_("project room"), on_delete=models.CASCADE, related_name="agenda_templates"
    )
    name = LineField(_("name"), max_length=LONGEST_TEMPLATE_NAME)
    is_default = models.BooleanField(_("for new meetings"), default=False)

    class Meta:
        verbose_name = _("agenda template")
        verbose_name_plural = _("agenda templates")
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="agenda_templates_have_names"),
            models.UniqueConstraint(
                fields=["project"], condition=Q(is_default=True), name="one_agenda_for_new_meetings"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AgendaTemplateItem(models.Model):
    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    template = models.ForeignKey(AgendaTemplate, on_delete=models.CASCADE, related_name="items")
    number = models.PositiveSmallIntegerField(_("number"))
    title = LanguageTextField(_("title"))
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    speaker = LineField(_("speaker"), max_length=LONGEST_NAME, blank=True)

    class Meta:
        verbose_name = _("agenda template item")
        verbose_name_plural = _("agenda template items")
        indexes = [models.Index(fields=["template", "number"], name="items_of_a_template")]
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=LONGEST), name="a_template_item_takes_minutes"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template_id} {self.number}"
