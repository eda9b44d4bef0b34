"""What the room's page says of the chat."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, npgettext, pgettext


def words() -> dict[str, str]:
    return {
        "chat": _("Chat"),
        "chat.log": _("Messages"),
        "chat.empty": _("No messages yet. Say hello, in your own language if you like."),
        "chat.earlier": _("Show earlier messages"),
        "chat.newest": _("Latest messages"),
        "chat.write": _("Your message"),
        "chat.placeholder": _("Write to everyone"),
        "chat.hint": _("Press Enter to send, Shift + Enter for a new line"),
        "chat.send": _("Send"),
        "chat.says": _("{name} writes: {text}"),
        "chat.take_back": _("Delete"),
        "chat.remove": _("Remove"),
        "chat.taken_back": _("This message was deleted."),
        "chat.deleted_by_host": _("Deleted by a host"),
        "chat.edited": _("Edited"),
        "chat.to": _("To"),
        "chat.to_everybody": _("Everyone"),
        "chat.to_hosts": _("Hosts and co-hosts"),
        "chat.to_person": _("{name} only"),
        "chat.seen_by_hosts": _("Only hosts, co-hosts and you see this message."),
        "chat.seen_by_person": _("Only you and {name} see this message. Hosts do not see it."),
        "chat.private_from": _("Only for you"),
        "chat.more": _("Message options: {text}"),
        "chat.reply": _("Reply"),
        "chat.reaction": _("{word}: {n}"),
        "chat.reply_privately": _("Reply privately"),
        "chat.replying": _("Reply to {name}"),
        "chat.reply_cancel": _("Cancel reply"),
        "chat.quote": _("Reply to {name}: {text}"),
        "chat.quote_earlier": _("Reply to an earlier message"),
        "chat.quote_gone": _("Reply to a deleted message"),
        "chat.gone": _("This message is no longer in the chat."),
        "chat.edit": _("Edit"),
        "chat.edit_field": _("Edit your message"),
        "chat.save": _("Save"),
        "chat.cancel": _("Cancel"),
        "chat.pin": _("Pin"),
        "chat.unpin": _("Unpin"),
        "chat.pinned": _("Pinned messages"),
        "chat.is_held": pgettext("messages", "Waiting for approval"),
        "chat.approve": pgettext("messages", "Approve"),
        "chat.first_held": _("Show the first one"),
        "chat.is_off": _("The chat is off. Only hosts can write."),
        "chat.is_moderated": _("A host approves messages before everyone sees them."),
        "chat.search": _("Search messages"),
        "chat.search_go": _("Search"),
        "chat.search_none": _("No messages with these words."),
        "chat.search_more": _("Search earlier messages"),
        "chat.settings": _("Chat settings"),
        "chat.set_on": _("Attendees can write"),
        "chat.set_moderated": _("Hosts approve messages before everyone sees them"),
        "chat.set_private": _("Private messages"),
        "chat.private_everybody": _("Between everyone"),
        "chat.private_hosts": _("Only with hosts"),
        "chat.private_nobody": _("Off"),
        "chat.set_slow": _("Slow mode"),
        "chat.slow_off": pgettext("slow mode", "Off"),
        "chat.new_from_here": _("New messages"),
        "chat.sending": _("Sending…"),
        "chat.not_sent": _("Not sent"),
        "chat.try_again": _("Try again"),
        "chat.forget": _("Discard"),
    }


def plurals(n: int) -> dict[str, str]:
    return {
        "chat.new": npgettext("messages", "{n} new", "{n} new", n),
        "chat.held": ngettext("{n} message waiting for approval", "{n} messages waiting for approval", n),
        "chat.wait": ngettext(
            "Slow mode: you can send this in {n} second.", "Slow mode: you can send this in {n} seconds.", n
        ),
        "chat.slow": ngettext(
            "Slow mode: one message every {n} second",
            "Slow mode: one message every {n} seconds",
            n,
        ),
        "chat.seconds": ngettext("{n} second", "{n} seconds", n),
        "chat.news": ngettext("{n} new message", "{n} new messages", n),
    }
