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
        "captions.on": _("On"),
        "captions.off": _("Off"),
        "captions.size": _("Text size"),
        "captions.size_normal": _("Normal"),
        "captions.size_large": _("Large"),
        "captions.size_largest": _("Largest"),
        "captions.place": _("Position"),
        "captions.place_below": _("At the bottom"),
        "captions.place_above": _("At the top"),
        "captions.history": _("Show all captions"),
        # Captioners
        "captions.language": _("Caption language"),
        "captions.write": _("Type what is said: everyone sees each letter as you type"),
        "captions.hint": _("Press Enter to finish the line, or the up arrow to correct the last one."),
        "captions.correct": _("Correct"),
        "captions.correct_line": _("Correct this line: {text}"),
        "captions.correcting": _("Correct the line"),
        "captions.correcting_hint": _("Press Enter to save, or Esc to cancel."),
        "captions.save": _("Save"),
        "captions.cancel": _("Cancel"),
        "captions.short_forms": _("Abbreviations"),
        "captions.short_forms_hint": _(
            "One per line. Type the abbreviation and a space, and the full text appears. Saved in this browser only."
        ),
    }
