"""What the room's page says of breakout rooms."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def words() -> dict[str, str]:
    return {
        "breakouts": _("Breakout rooms"),
        "breakouts.are_open": _("Breakout rooms are open."),
        "breakouts.yours": _("Breakout rooms are open. Your group: {group}"),
        "breakouts.with": _("With: {names}"),
        "breakouts.inside": _("You are in a breakout room: {group}"),
        "breakouts.time_left": _("Time left: {time}"),
        "breakouts.minute": _("One minute left in the breakout rooms"),
        "breakouts.join": _("Join the group"),
        "breakouts.join_any": _("Join a group"),
        "breakouts.choose": _("Choose a group"),
        "breakouts.return": _("Return to the main room"),
        "breakouts.ask_help": _("Ask for help"),
        "breakouts.cancel_help": _("Cancel the request for help"),
        "breakouts.help_sent": _("The hosts know that you need help."),
        "breakouts.help_wanted": _("{name} is asking for help. Group: {group}"),
        "breakouts.announced": _("{name}, to all groups: {text}"),
        "breakouts.show_groups": _("Show groups"),
        "breakouts.empty_host": _(
            "Divide people into groups. Each group has a room of its own with audio, video and chat."
        ),
        "breakouts.count": _("Number of groups"),
        "breakouts.group_name": _("Group {n}"),
        "breakouts.name": _("Name of group {n}"),
        "breakouts.assign": _("How to assign people"),
        "breakouts.assign_random": _("Evenly at random"),
        "breakouts.assign_companies": _("Mix companies"),
        "breakouts.assign_countries": _("Mix countries"),
        "breakouts.assign_list": _("I assign everyone myself"),
        "breakouts.assign_choice": _("Everyone chooses a group"),
        "breakouts.minutes": _("Minutes (optional)"),
        "breakouts.minutes_hint": _(
            "When the time is up, everyone returns automatically. If you don’t set a time, you close "
            "the groups yourself."
        ),
        "breakouts.create": _("Create groups"),
        "breakouts.open": _("Open breakout rooms"),
        "breakouts.again": _("Assign again"),
        "breakouts.discard": _("Discard groups"),
        "breakouts.not_yet": _("You can open breakout rooms once the meeting is live."),
        "breakouts.extend": _("Add {n} minutes"),
        "breakouts.close": _("Close breakout rooms"),
        "breakouts.close_title": _("Close the breakout rooms?"),
        "breakouts.close_text": _("Everyone returns to the main room. Group chats are kept."),
        "breakouts.announce": _("Message to all groups"),
        "breakouts.unassigned": _("Not assigned"),
        "breakouts.no_group": _("No group"),
        "breakouts.group_of": _("Group for {name}"),
        "breakouts.nobody": _("No one is in this group yet."),
        "breakouts.there": _("in the breakout room"),
        "breakouts.not_there": _("not joined yet"),
        "breakouts.you_are_here": _("You are here"),
        "notice.breakouts_closed": _("The breakout rooms are closed. You are back in the main room."),
        "notice.breakouts_moved": _("A host has changed your group."),
        "notice.breakouts_lost": _("You have left the breakout room. You are back in the main room."),
        "notice.breakouts_recording": _("Stop the recording before you join a breakout room."),
    }


def plurals(n: int) -> dict[str, str]:
    return {
        "breakouts.groups": ngettext("{n} group", "{n} groups", n),
        "breakouts.more": ngettext("and {n} more", "and {n} more", n),
        "breakouts.people": ngettext("{n} person", "{n} people", n),
    }
