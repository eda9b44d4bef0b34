"""The translations for the live room's scripts: those of the engine here, and each feature's own.

Every key is used in frontend/src/room as `t("key")` or `tn("key", n)`; a test compares the two.
"""

from functools import cache
from typing import TypedDict

from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from companies.languages import NATIVE_NAMES, active_language, codes
from rooms.features import registry
from rooms.messages import Reaction


class RoomTranslations(TypedDict):
    """`plurals` by key, then by the category of Intl.PluralRules in this language (CLDR)."""

    language: str
    words: dict[str, str]
    plurals: dict[str, dict[str, str]]
    languages: dict[str, str]  # their own names by code


# A number of each plural category, with which gettext is asked for its form. There are no fractions (`other`).
SAMPLES: dict[str, dict[str, int]] = {
    "pl": {"one": 1, "few": 2, "many": 5, "other": 5},
    "lt": {"one": 1, "few": 2, "many": 10, "other": 10},
}
TWO_FORMS = {"one": 1, "other": 2}


def room_translations_script() -> SafeString:
    """The `<script type="application/json">` for the page, cached by language."""
    return _script(active_language())


@cache
def _script(_language: str) -> SafeString:
    return json_script(room_translations(), "room-words")


def room_translations() -> RoomTranslations:
    language = active_language()
    words = _entering() | _connection_status() | _controls() | _conversation() | _people() | _left_screen()
    words |= _device_tests() | _device_help()
    for feature in registry.features.values():
        words |= feature.words()
    return {
        "language": language,
        "words": words,
        "plurals": _plurals(SAMPLES.get(language, TWO_FORMS)),
        "languages": {code: NATIVE_NAMES[code] for code in codes()},
    }


def _plurals(samples: dict[str, int]) -> dict[str, dict[str, str]]:
    by_category = {category: _counted(number) for category, number in samples.items()}
    keys = by_category["one"]
    return {key: {category: forms[key] for category, forms in by_category.items()} for key in keys}


def _counted(n: int) -> dict[str, str]:
    found = _own_counted(n)
    for feature in registry.features.values():
        found |= feature.plurals(n)
    return found


def _own_counted(n: int) -> dict[str, str]:
    return {
        "blur.slow": ngettext(
            "Blurring is slow on this device: {n} frame per second. Your video may look choppy.",
            "Blurring is slow on this device: {n} frames per second. Your video may look choppy.",
            n,
        ),
        "end.text": ngettext(
            "The meeting ends for {n} person. The chat and the attendance record are kept.",
            "The meeting ends for {n} people. The chat and the attendance record are kept.",
            n,
        ),
        "lobby.waiting": ngettext(
            "{n} person is in the waiting room", "{n} people are in the waiting room", n
        ),
        "minutes": ngettext("{n} min", "{n} min", n),
        "missing.many": ngettext(
            "No audio or video from {n} person. Reconnecting…",
            "No audio or video from {n} people. Reconnecting…",
            n,
        ),
        "people.found": ngettext("{n} person found", "{n} people found", n),
        "people.hands": ngettext("{n} raised hand", "{n} raised hands", n),
        "people.here": ngettext("{n} person in the room", "{n} people in the room", n),
        "stage.more": ngettext("{n} more person on stage", "{n} more people on stage", n),
        "test.good": ngettext(
            "The room can be reached. Response time: {n} millisecond.",
            "The room can be reached. Response time: {n} milliseconds.",
            n,
        ),
    }


def _entering() -> dict[str, str]:
    return {
        "room": _("Room"),
        "skip": _("Skip to the stage"),
        "you": _("You"),
        "yes": _("Yes"),
        "no": _("No"),
        "done": _("Done"),
        "close": _("Close"),
        "keep": _("Cancel"),
        "keep_going": _("Continue the meeting"),
        "not_now": _("Not now"),
        "stay": _("Stay"),
        "until": _("Until {time} (your time)"),
        "live": _("LIVE"),
        "recorded": _("Being recorded"),
        "not_recorded": _("Not being recorded"),
        "locked": _("Locked"),
        "connecting.text": _("This takes a moment."),
        "connecting.again": _("No connection yet. We’ll keep trying."),
        "role.host": _("Host"),
        "role.co_host": _("Co-host"),
        "role.speaker": _("Speaker"),
        "role.interpreter": _("Interpreter"),
        "role.captioner": _("Captioner"),
    }


def _connection_status() -> dict[str, str]:
    return {
        "line.connecting": _("Connecting"),
        "line.reconnecting": _("Reconnecting…"),
        "line.connected": _("Connected"),
        "line.muted": _("You are muted"),
        "line.weak": _("Weak connection"),
        "line.poor": _("Poor connection"),
        "quality.paused": _("Poor connection. Video of other people is paused."),
        "quality.show": _("Show video"),
        "line.lobby": _("In the waiting room"),
        "line.waiting": _("Waiting for the host to start the meeting"),
        "waiting.title": _("Waiting for the host to start the meeting"),
        "waiting.text": _("Start time: {hour}. Stay on this page. The room opens automatically."),
        "stage.nobody": _("Nobody is on stage yet"),
        "stage.nobody_text": _("The meeting is live. People on stage appear here."),
        "waiting.day": _("Planned start: {when}. Stay on this page. The room opens automatically."),
        "waiting.in": _("Starts in {time}"),
        "waiting.now": _("The host can start the meeting at any moment."),
        "waiting.lobby": _("Once the meeting starts, the host will let you in from the waiting room."),
        "waiting.soon": _("Stay on this page. The room opens automatically."),
        "outside.title": _("You are in the waiting room"),
        "outside.text": _("Stay on this page until the host admits you. The host sees your name: {name}."),
        "over.title": _("The meeting has ended"),
        "over.text": _("Thank you for joining. The meeting page shows what happens next."),
        "practice.text": _("Practice session. Attendees join when you start the meeting."),
        "practice.meeting": _("The meeting has not started yet."),
        "silent.text": _("Your browser is blocking the sound."),
        "silent.button": _("Turn on sound"),
        "stage": _("Stage"),
        "stage.people": _("On stage"),
        "stage.screen": _("Shared screen: {name}"),
        "stage.own_screen": _("Your screen, as others see it"),
        "stage.speaking": _("Speaking"),
        "stage.mic_on": _("Microphone on"),
        "stage.mic_off": _("Microphone off"),
        "stage.invited": _("You are on stage"),
        "stage.invited_text": _(
            "The host invited you to speak. When your microphone is on, everyone hears you."
        ),
        "stage.invited_recorded": _(
            "The host has invited you to speak. Everyone can hear you when your microphone is on. If "
            "the meeting is being recorded, so is your voice."
        ),
        "stage.invited_yes": _("Turn on microphone"),
        "stage.decline": _("Decline"),
        "stage.spotlight": _("Spotlighted"),
        "stage.large": _("Shown large"),
        "stage.slides": _("Slides"),
        "stage.choices": _("Choose what to see"),
        "stage.pin": _("Pin for me: {name}"),
        "stage.pinned": _("Pinned for you: {name}"),
        "stage.unpinned": _("No longer pinned: {name}"),
        "stage.order": _("Order on stage"),
        "stage.order_text": _("Everyone sees the people on stage in this order. New ones come last."),
        "stage.earlier": _("Move earlier: {name}"),
        "stage.later": _("Move later: {name}"),
        "stage.place": _("{name}: place {n} of {total}"),
        "floor.given": _("You have the floor"),
    }


def reaction_words() -> dict[Reaction, str]:
    return {
        "applause": _("Applause"),
        "thumbs_up": _("I agree"),
        "heart": _("Thank you"),
        "laugh": _("Funny"),
        "surprise": _("Surprising"),
    }


def _controls() -> dict[str, str]:
    return {
        "controls": _("Meeting controls"),
        "controls.toolbar": _("Microphone, hand and more"),
        "controls.mic_on": _("Mic on"),
        "controls.muted": _("Muted"),
        "controls.camera_on": _("Camera on"),
        "controls.camera_off": _("Camera off"),
        "controls.share": _("Share screen"),
        "controls.stop_sharing": _("Stop sharing"),
        "controls.hand": _("Raise hand"),
        "controls.lower_hand": _("Lower hand"),
        "controls.react": _("Reactions"),
        "controls.host": pgettext("menu", "Host"),
        "controls.more": _("More"),
        "controls.leave": _("Leave"),
        "controls.step_down": _("Leave stage"),
        "controls.fullscreen": _("Full screen"),
        "controls.view": pgettext("layout of the room", "View"),
        "view.auto": pgettext("layout of the room", "Automatic"),
        "view.gallery": pgettext("layout of the room", "Gallery"),
        "view.speaker": pgettext("layout of the room", "Active speaker"),
        "view.side": pgettext("layout of the room", "Side by side"),
        "view.floating": _("Picture-in-picture"),
        "view.save_data": _("Save data"),
        "view.save_data_text": _("No video of other people. Shared screens and slides stay."),
        "view.saving": _("Saving data"),
        "view.silent": _("No sound on this device"),
        "view.silent_text": _("For a second device next to one with the sound on."),
        **{f"reaction.{reaction}": word for reaction, word in reaction_words().items()},
        "reaction.many": _("{word} × {n}"),
        "host.start": _("Start the meeting"),
        "host.end": _("End for everyone"),
        "host.extend": _("Extend by {n} minutes"),
        "host.closes": _("Ends automatically at {time}"),
        "host.record": _("Record in this browser"),
        "host.stop_recording": _("Stop recording"),
        "host.stop_other_recording": _("Stop recording"),
        "record.reminder": _("You planned to record this meeting. It is not being recorded yet."),
        "record.start": _("Start recording"),
        "record.skip": _("Not this time"),
        "settings.devices": _("Audio and video settings"),
        "keys.title": _("Keyboard shortcuts"),
        "keys.microphone": _("Microphone on or off"),
        "keys.camera": _("Camera on or off"),
        "keys.talk": _("Hold to talk"),
        "keys.hand": _("Raise or lower hand"),
        "keys.ask": _("Ask a question"),
        "keys.list": _("Show this list"),
        "keys.on": _("Use keyboard shortcuts"),
        "keys.ctrl": pgettext("key on a keyboard", "Ctrl"),
        "keys.shift": pgettext("key on a keyboard", "Shift"),
        "notice.muted": _("{name} muted you. You can turn your microphone on again."),
        "notice.speaking_muted": _("You are speaking, but your microphone is muted."),
        "notice.unmute": _("Unmute"),
        "notice.lobby": _("{name} is in the waiting room."),
        "notice.hand": _("{name} raised their hand."),
        "notice.see": _("Show"),
        "notice.closes": _("This meeting ends automatically at {time}."),
        "notice.extended": _("The meeting has been extended until {time}"),
        "notice.off_stage": _("You are no longer on stage. You can still see and hear everything."),
        "notice.too_fast": _("That was too fast. Wait a moment and try again."),
        "notice.refused": _("That did not work. Please try again."),
        "notice.pictures": _("Six cameras are already on, so yours stays off. You can still speak."),
        "notice.recording_unsupported": _(
            "This browser cannot record the meeting. Open the room in another browser, "
            "or upload a recording afterwards."
        ),
        "notice.recording_failed": _(
            "The recording is not reaching the server. What was already sent is kept."
        ),
    }


def _conversation() -> dict[str, str]:
    return {
        "panel": _("Side panel"),
        "panel.open": _("Open panel"),
        "panel.full": _("Enlarge panel"),
        "panel.half": _("Shrink panel"),
        "panel.close": _("Close panel"),
        "note.stage_joined": _("{name} is now on stage"),
        "note.stage_left": _("{name} left the stage"),
        "note.started": _("The meeting has started"),
        "note.ended": _("The meeting has ended"),
        "note.extended": _("The meeting has been extended until {time}"),
        "note.moved": _("The meeting has been moved. New start time: {hour}"),
        "note.moved_day": _("The meeting has moved. New time: {when}"),
        "note.cancelled": _("This meeting is cancelled."),
        "note.cancelled_why": _("The meeting is cancelled. {reason}"),
        "note.recording_skipped": _("This meeting won’t be recorded"),
        "note.recording_started": _("The recording has started"),
        "note.recording_stopped": _("The recording has stopped"),
    }


def _people() -> dict[str, str]:
    return {
        "people": _("People"),
        "people.title": _("People in the room"),
        "people.search": _("Search people"),
        "people.you": _("{name} (you)"),
        "people.hand_up": _("Hand raised"),
        "people.more": _("Show more"),
        "people.actions": _("Actions for {name}"),
        "people.invite": _("Invite to stage"),
        "people.lower": _("Lower hand"),
        "people.mute": _("Mute microphone"),
        "people.mute_all": _("Mute all"),
        "notice.muted_all": _("Everyone except the hosts has been muted."),
        "people.off_stage": _("Remove from stage"),
        "people.remove": _("Remove from the room"),
        "people.make_co_host": _("Make co-host"),
        "people.make_speaker": _("Make speaker"),
        "people.make_interpreter": _("Make interpreter"),
        "people.make_captioner": _("Make captioner"),
        "people.take_role": _("Remove the role"),
        "people.take_role_title": _("Remove the role of {name}?"),
        "people.take_role_text": _(
            "They lose the permissions of this role immediately. If they aren’t registered, they also "
            "leave the room."
        ),
        "notice.no_account": _("This person needs an account first. Ask them to sign in once and rejoin."),
        "people.give_floor": _("Give the floor"),
        "people.spotlight": _("Spotlight for everyone"),
        "people.spotlight_off": _("Remove spotlight"),
        "people.timer": _("Start a 5-minute timer"),
        "people.hand_over": _("Make host"),
        "people.hand_over_title": _("Make {name} the host?"),
        "people.hand_over_text": _(
            "You become a co-host. Only the new host can hand the meeting over again."
        ),
        "notice.handed_over": _("The meeting has a new host. You are a co-host now."),
        "people.remove_title": _("Remove {name} from the room?"),
        "people.remove_text": _("They’ll leave immediately and can’t come back unless a host lets them in."),
        "people.remove_yes": _("Remove"),
        "lobby.turned_away": _("Removed or denied"),
        "lobby.readmit": _("Let back in"),
        "notice.readmitted": _("{name} can come back to this room."),
        "lobby.admit": _("Admit"),
        "lobby.admit_all": _("Admit all"),
        "lobby.admit_company": _("Admit everyone from {company}"),
        "entry.title": _("Who can join"),
        "entry.locked": _("Who can join: the room is locked"),
        "entry.lobby": _("Waiting room"),
        "entry.lock": _("Lock the room"),
        "entry.lock_text": _(
            "No one else can join a locked room. People who are in it can stay and reconnect."
        ),
        "entry.knock": _("Play a sound when someone is waiting"),
        "lobby.deny": _("Deny"),
        "lobby.deny_title": _("Deny entry for {name}?"),
        "lobby.deny_text": _(
            "They’ll see that they weren’t admitted, and can’t come back unless a host lets them in."
        ),
        "lobby.deny_yes": _("Deny"),
    }


def _device_tests() -> dict[str, str]:
    return {
        "tests": _("Tests"),
        "mirror": _("Your camera preview, mirrored"),
        "mirror.private": _("Only you can see this"),
        "mirror.off": _("Your camera is off. You can join without it."),
        "devices.microphone": _("Microphone"),
        "devices.camera": _("Camera"),
        "devices.speaker": pgettext("loudspeaker", "Speaker"),
        "devices.which_microphone": _("Choose microphone"),
        "devices.numbered": _("Device {n}"),
        "blur": _("Blur my background"),
        "blur.preparing": _("Preparing to blur your background…"),
        "blur.unsupported": _("This browser cannot blur your background."),
        "devices.none": _("No devices found yet. They appear when you allow the browser to use them."),
        "sound.off": _("Your microphone is off"),
        "sound.say": _("Say something"),
        "sound.good": _("Your microphone works"),
        "speaker.text": _("Play three notes to test your speaker."),
        "speaker.play": _("Play"),
        "speaker.again": _("Play again"),
        "speaker.playing": _("Playing three notes…"),
        "speaker.asked": _("Did you hear three notes?"),
        "speaker.heard": _("Your speaker works."),
        "speaker.silent": _("Turn up the volume or choose another speaker, then play again."),
        "test.ok": _("Good"),
        "test.slow": _("Slow"),
        "test.slow_text": _(
            "The room is responding slowly. Response time: {ms} ms. Others may hear you with a delay."
        ),
        "test.poor_text": _(
            "The room is responding very slowly. Response time: {ms} ms. Audio and video may break "
            "up. Try another network."
        ),
        "test.again": _("Test again"),
        "test.camera_off": _("Off. Turn it on to test it."),
        "test.line": _("Connection"),
        "test.line_running": _("Testing…"),
        "test.no_socket": _("The room cannot be reached from this network. Try another network or a phone."),
        "test.no_media": _("Chat works, but audio and video do not. Try another network."),
        "test.relay": _("The room can be reached through a relay server. Response time: {ms} ms."),
        "trouble.camera_denied": _("The camera is blocked for this page."),
        "trouble.camera_missing": _("No camera was found. You can join without it."),
        "trouble.camera_unplugged": _("The camera was disconnected. Others cannot see you."),
        "trouble.camera_busy": _("Another app is using the camera."),
        "trouble.blur": _("Your background could not be blurred, so your camera was turned off."),
        "trouble.mic_denied": _("The microphone is blocked for this page."),
        "trouble.mic_unplugged": _("The microphone was disconnected. Others cannot hear you."),
        "trouble.mic_missing": _("No microphone was found. You can join and write."),
        "trouble.mic_busy": _("Another app is using the microphone."),
        "device.mic_unplugged": _("Your microphone was disconnected. Now in use: {device}"),
        "device.mic_busy": _("Another app is using your microphone. Now in use: {device}"),
        "device.mic_back": _("Your microphone is connected again: {device}"),
        "device.mic_back_muted": _("Your microphone is connected again and muted: {device}"),
        "device.camera_unplugged": _("Your camera was disconnected. Now in use: {device}"),
        "device.camera_busy": _("Another app is using your camera. Now in use: {device}"),
        "device.camera_back": _("Your camera is connected again: {device}"),
        "settings.change": _("Change device"),
        "trouble.both_denied": _("Microphone and camera are blocked for this page"),
        "trouble.unsupported": _("This browser does not support audio and video."),
        "trouble.insecure": _(
            "Microphone and camera need a secure connection. Open this page at an address that starts "
            "with https://."
        ),
        "trouble.system": _("Your computer or phone does not allow the browser to do this."),
        "trouble.screen_unsupported": _("This browser cannot share the screen."),
        "trouble.screen_busy": _("The screen could not be shared. Try again, or choose another window."),
    }


def _device_help() -> dict[str, str]:
    """Help with a device by browser, and warnings of missing audio or video."""
    return {
        "help.chromium": _(
            "Select the icon to the left of the address, allow the microphone and camera, then try again."
        ),
        "help.firefox": _(
            "Select the crossed-out icon to the left of the address, remove the block, then try again."
        ),
        "help.safari": _(
            "In the menu, open Safari > Settings > Websites, allow the microphone and camera for this site, "
            "then try again."
        ),
        "help.ios": _(
            "In Safari, open the page menu in the address bar, then Website Settings, and allow the microphone and "
            "camera. In another browser, allow both in the Settings app under the name of the browser. Then try again."
        ),
        "help.android": _(
            "Tap the icon to the left of the address, open Permissions, allow the microphone and camera, "
            "then try again."
        ),
        "help.other": _(
            "Allow the microphone and camera for this site in your browser settings, then try again."
        ),
        "help.system": _(
            "Open your system’s privacy settings, allow the browser to use the microphone, camera and "
            "screen recording, then restart the browser."
        ),
        "help.missing": _("Connect one, then try again."),
        "help.unplugged": _("Connect it again or choose another one, then try again."),
        "help.blur": _("If you try again, others will see your background."),
        "help.busy": _("Close the other app or end the other call, then try again."),
        "media.away": _(
            "Audio and video are interrupted. Chat and everything else keep working. Reconnecting…"
        ),
        "missing.audio": _("No audio from {name}. Reconnecting…"),
        "missing.video": _("No video from {name}. Reconnecting…"),
        "missing.both": _("No audio or video from {name}. Reconnecting…"),
        "part.failed": _("This part of the room is not working. Reload the page to try again."),
    }


def _left_screen() -> dict[str, str]:
    return {
        "left_screen.left": _("You have left the room"),
        "left_screen.removed": _("A host has removed you from this room"),
        "left_screen.denied": _("A host has not admitted you to this room"),
        "left_screen.no_entry": _("You cannot enter this room"),
        "left_screen.signed_out": _("You have been signed out"),
        "left_screen.signed_out_text": _("Sign in to come back to the room."),
        "left_screen.sign_in": _("Sign in"),
        "left_screen.locked": _("The room is locked"),
        "left_screen.locked_text": _(
            "The host has locked this room, so no one else can join. Try again later, or ask the host "
            "to unlock it."
        ),
        "left_screen.left_text": _("You can come back as long as the room is open."),
        "left_screen.removed_text": _(
            "You can come back if a host lets you in again. If you think this is a mistake, contact the secretariat."
        ),
        "left_screen.denied_text": _(
            "You can come in once a host admits you. If you think this is a mistake, contact the secretariat."
        ),
        "left_screen.contact": _("Contact the secretariat"),
        "left_screen.no_entry_text": _(
            "The meeting may have ended, or your registration may not be confirmed. See the meeting page."
        ),
        "left_screen.back": _("Rejoin"),
        "left_screen.meeting": _("Go to the meeting page"),
        "left_screen.unsent": _("Not sent"),
        "leave.recording": _("You are recording"),
        "leave.recording_text": _("The recording will stop when you leave. What you have recorded is kept."),
        "leave.recording_yes": _("Stop recording and leave"),
        "leave.host": _("Leave the meeting?"),
        "leave.host_text": _("The meeting will continue without you. Co-hosts can do everything you can."),
        "leave.hand_over": _("Hand over to"),
        "leave.nobody": _("No one, I’ll stay the host"),
        "end.title": _("End the meeting for everyone?"),
        "end.yes": _("End the meeting"),
    }
