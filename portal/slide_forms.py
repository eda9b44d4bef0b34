"""Forms of slides: the upload, and a deck with the speaker's notes of some of its pages."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.form_fields import LineField, ProseField
from engagement.models import Slide, SlideDeck
from engagement.slides.models import LONGEST_NOTES, LONGEST_TITLE


class UploadForm(forms.Form):
    """The flow refuses what is no PDF."""

    file = forms.FileField(
        label=gettext_lazy("PDF file"),
        allow_empty_file=True,  # the flow says what is wrong with it
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
        help_text=gettext_lazy(
            "At most 50 MB and 300 pages. Export PowerPoint or Keynote files as PDF first."
        ),
    )
    title = LineField(
        label=gettext_lazy("Title"),
        required=False,
        max_length=LONGEST_TITLE,
        help_text=gettext_lazy("If you leave this empty, the name of the file is used."),
    )
    is_downloadable = forms.BooleanField(
        label=gettext_lazy("Attendees can download the PDF"),
        required=False,
        help_text=gettext_lazy(
            "In the room once it has been shown there, and on the meeting page afterwards."
        ),
    )


class DeckForm(forms.Form):
    title = LineField(label=gettext_lazy("Title"), max_length=LONGEST_TITLE)
    is_downloadable = forms.BooleanField(label=gettext_lazy("Attendees can download the PDF"), required=False)

    def __init__(self, *args: Any, deck: SlideDeck, slides: Sequence[Slide], **kwargs: Any) -> None:
        self.slides = slides
        notes = {f"notes_{slide.number}": slide.notes for slide in slides}
        kwargs["initial"] = {"title": deck.title, "is_downloadable": deck.is_downloadable, **notes}
        super().__init__(*args, **kwargs)
        for slide in slides:
            self.fields[f"notes_{slide.number}"] = ProseField(
                label=_("Speaker notes for slide %(number)d") % {"number": slide.number},
                required=False,
                max_length=LONGEST_NOTES,
                widget=forms.Textarea(attrs={"rows": 3}),
            )

    @property
    def notes(self) -> dict[int, str]:
        """By page. Only when valid."""
        return {slide.number: self.cleaned_data[f"notes_{slide.number}"] for slide in self.slides}

    @property
    def rows(self) -> list[tuple[Slide, forms.BoundField]]:
        return [(slide, self[f"notes_{slide.number}"]) for slide in self.slides]
