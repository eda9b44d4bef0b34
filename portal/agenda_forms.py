"""The form of one agenda item."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from companies.form_fields import LineField
from companies.form_versions import VersionedForm
from companies.forms import LanguageTextFormField
from engagement.agenda.agenda_input import ItemInput, input_of
from engagement.agenda.models import LONGEST, LONGEST_NAME, LONGEST_TITLE
from engagement.models import AgendaItem
from projects.models.agenda_template import LONGEST_TEMPLATE_NAME


class AgendaItemForm(VersionedForm):
    """Once it is valid, `content` holds what the flow takes."""

    title = LanguageTextFormField(label=gettext_lazy("Title"), max_length=LONGEST_TITLE)
    minutes = forms.IntegerField(label=gettext_lazy("Minutes"), min_value=1, max_value=LONGEST, initial=10)
    speaker = LineField(
        label=gettext_lazy("Speaker"),
        required=False,
        max_length=LONGEST_NAME,
        help_text=gettext_lazy("Who is responsible for this item. The name is shown with it."),
    )

    def __init__(self, *args: Any, saved: AgendaItem | None = None, **options: Any) -> None:
        initial = _initial_of(saved) if saved is not None else {}
        super().__init__(*args, **{"initial": initial, **options})

    @property
    def content(self) -> ItemInput:
        """Only when valid."""
        return ItemInput(**{name: self.cleaned_data[name] for name in ("title", "minutes", "speaker")})


class AgendaTemplateForm(forms.Form):
    name = LineField(label=gettext_lazy("Template name"), max_length=LONGEST_TEMPLATE_NAME)


def _initial_of(saved: AgendaItem) -> dict[str, Any]:
    content = input_of(saved)
    return {"title": dict(content.title), "minutes": content.minutes, "speaker": content.speaker}
