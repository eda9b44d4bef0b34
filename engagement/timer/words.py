"""What the room's page says of the timer."""

from django.utils.translation import gettext as _


def words() -> dict[str, str]:
    return {
        "timer": _("Timer"),
        "timer.start": _("{n} min timer"),
        "timer.stop": _("Stop the timer"),
        "timer.started": _("A timer has started: {time}"),
        "timer.minute": _("One minute left"),
        "timer.up": _("Time is up"),
    }
