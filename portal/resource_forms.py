"""Forms of resources: a link, and the upload of a document. The flows refuse what cannot be shared."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from companies.form_fields import LineField
from engagement.models import Resource
from engagement.resources.file_types import ACCEPT
from engagement.resources.models import LONGEST_ADDRESS, LONGEST_TITLE


class _ResourceForm(forms.Form):
    is_shown_before = forms.BooleanField(
        label=gettext_lazy("Show it on the meeting page before the meeting, too"),
        required=False,
        help_text=gettext_lazy(
            "Everyone who can see the page can open it. Otherwise only people who can join get it, in the room and "
            "on the page from the start of the meeting."
        ),
    )

    field_order = ("title", "address", "file", "is_shown_before")


class LinkForm(_ResourceForm):
    title = LineField(label=gettext_lazy("Title"), max_length=LONGEST_TITLE)
    address = LineField(
        label=gettext_lazy("Web address"),
        max_length=LONGEST_ADDRESS,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )


class EditForm(forms.Form):
    """Of a link with its address, of a document without."""

    title = LineField(label=gettext_lazy("Title"), max_length=LONGEST_TITLE)
    address = LineField(
        label=gettext_lazy("Web address"), max_length=LONGEST_ADDRESS, widget=forms.URLInput()
    )

    def __init__(self, *args: Any, resource: Resource, **options: Any) -> None:
        options["initial"] = {"title": resource.title, "address": resource.address}
        super().__init__(*args, **options)
        if not resource.is_link:
            del self.fields["address"]


class FileForm(_ResourceForm):
    file = forms.FileField(
        label=gettext_lazy("File"),
        allow_empty_file=True,  # the flow says what is wrong with it
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        help_text=gettext_lazy(
            "PDF, pictures (PNG, JPEG, WebP), office documents without macros (ODT, ODS, ODP, DOCX, XLSX, PPTX) or "
            "plain text (TXT, CSV), at most 50 MB. We remove locations and other hidden data from pictures."
        ),
    )
    title = LineField(
        label=gettext_lazy("Title"),
        required=False,
        max_length=LONGEST_TITLE,
        help_text=gettext_lazy("If you leave this empty, the name of the file is used."),
    )
