"""What the room's page says of notes."""

from django.utils.translation import gettext as _


def words() -> dict[str, str]:
    return {
        "notes": _("Notes"),
        "notes.opening": _("Opening the notes…"),
        "notes.not_opened": _("The notes could not be opened."),
        "notes.try_again": _("Try again"),
        "notes.which": _("Which notes"),
        "notes.of_meeting": _("This meeting"),
        "notes.lasting": _("Project"),
        "notes.of_earlier": _("Earlier meeting, {day}"),
        "notes.placeholder": _("Write here. Everyone sees it as you type."),
        "notes.empty": _("Nothing has been written yet."),
        "notes.text": _("Text of the notes"),
        "notes.formatting": _("Formatting"),
        "notes.bold": _("Bold"),
        "notes.italic": _("Italic"),
        "notes.heading": _("Heading"),
        "notes.subheading": _("Subheading"),
        "notes.bullets": _("Bulleted list"),
        "notes.numbers": _("Numbered list"),
        "notes.checklist": _("Checklist"),
        "notes.done": _("Done"),
        "notes.table": _("Table"),
        "notes.add_row": _("Add row"),
        "notes.add_column": _("Add column"),
        "notes.delete_row": _("Delete row"),
        "notes.delete_column": _("Delete column"),
        "notes.delete_table": _("Delete table"),
        "notes.link": _("Link"),
        "notes.address": _("Web address or email address"),
        "notes.bad_address": _("Enter a web address that begins with https://, or an email address."),
        "notes.set_link": _("Add link"),
        "notes.remove_link": _("Remove link"),
        "notes.cancel": _("Cancel"),
        "notes.mention": _("Mention someone"),
        "notes.nobody_found": _("No one in this room has that name."),
        "notes.somebody": _("Someone who has left"),
        "notes.undo": _("Undo"),
        "notes.redo": _("Redo"),
        "notes.saving": _("Saving…"),
        "notes.saved": _("Saved"),
        "notes.offline": _("Not connected. What you write is sent once you are connected again."),
        "notes.too_large": _(
            "This is too much to add at once, and it was not saved. Undo it, then paste it in smaller parts."
        ),
        "notes.full": _(
            "These notes are full, and your last changes were not saved. Copy them before you leave."
        ),
        "notes.not_saved": _(
            "Your last changes were not saved. Copy them before you leave, then reload the page."
        ),
        "notes.show": _("Show to attendees"),
        "notes.shown_says": _("The host has shared the notes. They are under “Notes”."),
        "notes.read_only": _("Only people on stage and hosts can write."),
    }
