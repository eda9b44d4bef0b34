"""What the room's page says of a premiere."""

from django.utils.translation import gettext as _


def words() -> dict[str, str]:
    return {
        "premiere": _("Film"),
        "premiere.title": _("Show a film"),
        "premiere.hint": _("Everyone sees the film at the same moment, and can write and ask meanwhile."),
        "premiere.none": _("No film has been chosen for this meeting."),
        "premiere.choose": _("Choose films"),
        "premiere.start": _("Show to everyone"),
        "premiere.started": _("A film is playing: {title}"),
        "premiere.gone": _("The film is no longer shown."),
        "premiere.controls": _("Film controls"),
        "premiere.play": _("Play for everyone"),
        "premiere.pause": _("Pause for everyone"),
        "premiere.position": _("Position in the film"),
        "premiere.paused": _("The film is paused."),
        "premiere.stop": _("Stop showing"),
        "premiere.mute": _("Turn the film’s sound off"),
        "premiere.unmute": _("Turn the film’s sound on"),
        "premiere.captions": _("Captions"),
        "premiere.no_captions": _("No captions"),
        "premiere.blocked": _("Your browser doesn’t play the film’s sound until you allow it."),
        "premiere.allow": _("Play with sound"),
        "premiere.failed": _("The film could not be loaded."),
        "premiere.again": _("Try again"),
    }
