"""What the room's page says of interpretation."""

from django.utils.translation import gettext as _


def words() -> dict[str, str]:
    return {
        "interpretation": _("Interpretation"),
        "interpretation.original": _("Original audio"),
        "interpretation.listen": _("What you hear"),
        "interpretation.volume": _("Volume of the original audio"),
        "interpretation.nobody": _("Nobody is interpreting yet"),
        "interpretation.listen_now": _("Listen"),
        "interpretation.opened": _("Interpretation is available: {language}"),
        "interpretation.closed": _(
            "The interpretation has ended ({language}). You’re now hearing the original audio."
        ),
        "interpretation.chosen": _("You’re hearing the interpretation: {language}"),
        # Interpreters
        "interpretation.choose": _("Choose the language that you interpret into:"),
        "interpretation.on_air": _("On air: {language}"),
        "interpretation.muted": _("On air, but muted: {language}"),
        "interpretation.silent": _("Nobody is on air: {language}"),
        "interpretation.standby": _("Standby ({language}). On air: {name}"),
        "interpretation.mute": _("Mute"),
        "interpretation.unmute": _("Unmute"),
        "interpretation.hand_over": _("Hand over: {name}"),
        "interpretation.asked": _("Asked to take over: {name}"),
        "interpretation.withdraw": _("Cancel"),
        "interpretation.offered": _("You are asked to take over from: {name}"),
        "interpretation.take_over": _("Take over"),
        "interpretation.go_on_air": _("Go on air"),
        "interpretation.stop": _("Stop interpreting"),
        # Hosts
        "interpretation.hosts_text": _(
            "Everyone chooses what they hear: an interpreter over the lowered original audio, or the original audio "
            "alone. The recording has the original audio."
        ),
        "interpretation.language": _("Language"),
        "interpretation.open": _("Open channel"),
        "interpretation.close": _("Close"),
        "interpretation.close_title": _("Close this interpretation channel ({language})?"),
        "interpretation.close_text": _(
            "Its interpreters go off air immediately, and listeners hear the original audio."
        ),
        "interpretation.no_interpreters": _(
            "No one in the room is an interpreter. You can give someone this role in the list of people."
        ),
        "interpretation.is_on_air": _("On air"),
        "interpretation.is_standby": _("Standby"),
        "interpretation.gone": _("Not in the room"),
        "interpretation.remove": _("Remove"),
    }
