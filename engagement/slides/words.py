"""What the room's page says of slides."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def words() -> dict[str, str]:
    return {
        "slides": _("Slides"),
        "slides.page_of": _("Slide {n} of {all}"),
        "slides.announced": _("Slides on stage: {title}"),
        "slides.gone": _("The slides are no longer shown."),
        "slides.controls": _("Slide controls"),
        "slides.previous": _("Previous slide"),
        "slides.next": _("Next slide"),
        "slides.pointer": _("Pointer"),
        "slides.hide": _("Stop showing"),
        "slides.show": _("Show to everyone"),
        "slides.download": _("Download the slides"),
        "slides.picture_failed": _("This slide could not be loaded."),
        "slides.again": _("Try again"),
        "slides.decks": _("Your slides"),
        "slides.empty": _(
            "No slides yet. Upload a PDF and show it page by page. Everyone sees the page you are on."
        ),
        "slides.preparing": _("Processing. This can take up to a minute."),
        "slides.now": _("On stage now"),
        "slides.next_page": _("Next slide:"),
        "slides.number": _("Slide number"),
        "slides.go_to": _("Go to slide"),
        "slides.notes": _("Speaker notes"),
        "slides.notes_hint": _("Only hosts and speakers see them."),
        "slides.notes_saved": _("Saved."),
        "slides.upload_title": _("Upload slides"),
        "slides.file": _("PDF file"),
        "slides.file_hint": _(
            "At most 50 MB and 300 pages. Export PowerPoint or Keynote files as PDF first."
        ),
        "slides.is_downloadable": _("Attendees can download the PDF"),
        "slides.upload": _("Upload"),
        "slides.uploading": _("Uploading. Stay on this page."),
        "slides.choose_file": _("Choose a PDF file first."),
        "slides.too_large": _("This file is too large. A PDF can be at most 50 MB."),
        "slides.not_uploaded": _("The file was not uploaded. Try again in a moment."),
        "slides.failed.encrypted": _(
            "This PDF is protected by a password. Save it without one and upload it again."
        ),
        "slides.failed.damaged": _("This PDF is damaged. Export it again and upload the new file."),
        "slides.failed.empty": _("This PDF has no pages."),
        "slides.failed.too_many_pages": _("This PDF has too many pages. It can have at most 300."),
        "slides.failed.too_slow": _(
            "This PDF takes too long to process. Export it with smaller pictures, or split it."
        ),
        "slides.failed.too_much_memory": _(
            "This PDF takes too much memory. Export it with smaller pictures."
        ),
        "slides.failed.stopped": _(
            "The slides could not be processed after several attempts. Upload them again."
        ),
    }


def plurals(n: int) -> dict[str, str]:
    return {
        "slides.pages": ngettext("{n} page", "{n} pages", n),
    }
