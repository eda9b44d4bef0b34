"""What the room's page says of the agenda."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def words() -> dict[str, str]:
    return {
        "agenda": _("Agenda"),
        "agenda.empty": _("No agenda yet. Add the items, then go through them here."),
        "agenda.edit": _("Edit the agenda"),
        "agenda.done_editing": _("Done editing"),
        "agenda.add_title": _("Add an item"),
        "agenda.full": _("This agenda is full. Remove an item to add another."),
        "agenda.title": _("Title"),
        "agenda.minutes_label": _("Minutes"),
        "agenda.speaker": _("Speaker"),
        "agenda.optional": _("optional"),
        "agenda.add": _("Add"),
        "agenda.save": _("Save"),
        "agenda.cancel": _("Cancel"),
        "agenda.edit_item": _("Edit"),
        "agenda.move_up": _("Move up"),
        "agenda.move_down": _("Move down"),
        "agenda.remove": _("Remove"),
        "agenda.remove_title": _("Remove this item from the agenda?"),
        "agenda.keep": _("Keep"),
        "agenda.bad_title": _("Enter a title in at least one language."),
        "agenda.bad_minutes": _("Enter a number from 1 to {most}."),
        "agenda.changed_meanwhile": _(
            "Someone else has changed this item since you opened it. The list shows their version. Save again to "
            "replace it with yours."
        ),
        "agenda.not_saved": _("This wasn’t saved. The agenda may have too much text. Try shortening it."),
        "agenda.start": _("Start the agenda"),
        "agenda.next": _("Next item"),
        "agenda.end": _("End the item"),
        "agenda.go_to": _("Go to this item"),
        "agenda.not_yet": _("You can start the agenda once the meeting is live."),
        "agenda.current": _("Current item"),
        "agenda.done": _("Done"),
        "agenda.left": _("{time} left"),
        "agenda.over": _("{time} over the planned time"),
        "agenda.says": _("Agenda: {title}"),
        "agenda.ended_says": _("The agenda item has ended."),
        "agenda.changed_says": _("The agenda has changed."),
        "agenda.time_up": _("The planned time for this item is over."),
    }


def plurals(n: int) -> dict[str, str]:
    return {
        "agenda.minutes": ngettext("{n} min", "{n} min", n),
    }
