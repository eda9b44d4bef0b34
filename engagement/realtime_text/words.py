"""What the room's page says of real-time text."""

from django.utils.translation import gettext as _


def words() -> dict[str, str]:
    return {
        "live_text": _("Live text"),
        "live_text.empty": _("No text yet. What people type here appears letter by letter as they type."),
        "live_text.earlier": _("Show earlier text"),
        "live_text.newest": _("Latest text"),
        "live_text.write": _("Type here: everyone sees each letter as you type"),
        "live_text.hint": _("Press Enter to finish the line. Finished lines are kept."),
        "live_text.finish": _("Finish line"),
        "live_text.typing": _("is typing…"),
        "live_text.announce": _("Have screen readers read finished lines"),
        "live_text.says": _("{name} in live text: {text}"),
        "live_text.delete": _("Delete this line: {text}"),
        "live_text.show": _("Show live text"),
        "captions": _("Captions"),
        "captions.show": _("Show captions on stage"),
    }
