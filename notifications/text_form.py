"""What the secretariat writes in place of the product's own words of an email."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from companies.form_fields import LineField, ProseField
from companies.form_versions import VersionedForm
from notifications import editing_texts
from notifications.editable_texts import EDITABLE, LONGEST, PARTS
from notifications.editing_texts import WrittenText
from notifications.models import EmailText, Notification


class EmailTextForm(VersionedForm):
    """Begins with what is in use or was drafted, each part else with the product's own words."""

    subject = LineField(label=_("Subject"), required=False, max_length=LONGEST["subject"])
    introduction = ProseField(
        label=_("Introduction"),
        required=False,
        max_length=LONGEST["introduction"],
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Shown below the title. Leave a blank line to start a new paragraph."),
    )
    closing = ProseField(
        label=_("Closing"),
        required=False,
        max_length=LONGEST["closing"],
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Shown at the end of the email, above the line that says why it was sent."),
    )

    def __init__(
        self, *args: Any, kind: Notification.Kind, language: str, text: EmailText | None, **options: Any
    ) -> None:
        own = {part: EDITABLE[kind].own(part, language) for part in PARTS}
        options["initial"] = {part: getattr(text, part, "") or own[part] for part in PARTS}
        super().__init__(*args, **options)
        self._kind, self._language = kind, language
        if not own["subject"]:
            del self.fields["subject"]

    def clean(self) -> None:
        for part, message in editing_texts.problems(self._kind, self._language, self.written()).items():
            if part not in self.errors:
                self.add_error(part if part in self.fields else None, message)
        self.refuse_outdated()

    def written(self) -> WrittenText:
        return WrittenText(**{part: self.cleaned_data.get(part, "") for part in PARTS})
