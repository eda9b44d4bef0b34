"""The words of each kind of mail, in the reader's language (the active one); one letter for one notification."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from companies import zones
from companies.templatetags.page import clock, day_in_words
from meetings.models import MeetingRole
from notifications.email_content import Letter, Link, Passage, absolute, footer, name_of, span, when
from notifications.models import Notification
from notifications.snippets import (
    Occasion,
    about_meeting,
    because,
    elsewhere,
    entry_goes,
    name_of_field,
    own_link,
    place,
    recorded,
    role_of,
    what_comes_next,
)

Kind = Notification.Kind


def letter_of(about: Occasion) -> Letter:
    return LETTERS[Kind(about.notification.kind)](about)


def _letter(
    about: Occasion, *, subject: str, heading: str, opening: tuple[Passage, ...] = (), **parts: object
) -> Letter:
    given: dict[str, object] = {
        "when": when(about.meeting, about.zone),
        "footer": footer(because=because(about), unsubscribe=about.unsubscribe),
        **parts,
    }
    title = name_of(about.meeting.title, about.language)
    return Letter(
        subject=subject,
        heading=heading,
        language=about.language,
        kind=about.notification.kind,
        opening=(*title, *opening),
        **given,  # type: ignore[arg-type]
    )


# ---- seats -----------------------------------------------------------------------------------------------


def _confirmation(about: Occasion) -> Letter:
    name = about.first_name
    heading = _("You have a seat, %(name)s") % {"name": name} if name else _("You have a seat")
    return _letter(
        about,
        subject=_("You have a seat: %(title)s, %(when)s")
        % {"title": about.title, "when": about.day_and_hour},
        heading=heading,
        opening=(*about_meeting(about.meeting), *_to_verify(about)),
        button=_way_in(about),
        button_note=own_link(about),
        passages=(
            *place(about.meeting),
            Passage(
                _(
                    "The entry came with this mail. If the hour moves, the entry moves, and we write to you once."
                ),
                title=_("In your calendar"),
            ),
            *what_comes_next(about),
            *recorded(about.meeting),
            Passage(
                _("Someone may be waiting for your seat."),
                title=_("Cannot come?"),
                link=Link(_("Give the seat back"), about.link),
            ),
        ),
    )


def _requested(about: Occasion) -> Letter:
    return _letter(
        about,
        subject=_("Received: %(title)s") % {"title": about.title},
        heading=_("The host decides"),
        opening=(
            Passage(_("We have your registration. We write to you as soon as the host has answered.")),
            *_to_verify(about),
        ),
        button=_way_in(about, _("See my registration")),
    )


def _to_verify(about: Occasion) -> tuple[Passage, ...]:
    """Until when a place is held for an address that nobody has confirmed."""
    if about.seat is None or about.seat.verify_by is None:
        return ()
    local = about.seat.verify_by.astimezone(zones.zone(about.zone))
    words = _(
        "Few seats are left. Please confirm your email address by: %(when)s, your time. "
        "Otherwise your seat goes to somebody else."
    )
    return (Passage(words % {"when": f"{day_in_words(local, in_sentence=True)}, {clock(local)}"}),)


def _way_in(about: Occasion, words: str = "") -> Link:
    if about.seat is not None and about.seat.verify_by is not None:
        return Link(_("Confirm my registration"), about.link)
    return Link(words or _("Open the meeting"), about.link)


def _verify(about: Occasion) -> Letter:
    return _letter(
        about,
        subject=_("Please confirm your registration: %(title)s") % {"title": about.title},
        heading=_("Please confirm your registration"),
        opening=_to_verify(about),
        button=_way_in(about),
        button_note=own_link(about),
    )


def _lapsed(about: Occasion) -> Letter:
    heading, why = (
        _("Your registration was not confirmed"),
        _(
            "Nobody confirmed that this address belongs to the person who registered, "
            "so the seat is free for others again."
        ),
    )
    if about.notification.details.get("by_host"):
        heading, why = (
            _("Your registration was removed"),
            _(
                "The host removed your registration because this email address was not confirmed. "
                "You can register again."
            ),
        )
    return _letter(
        about,
        subject=f"{heading}: {about.title}",
        heading=heading,
        opening=(Passage(why), *entry_goes(about)),
        button=Link(_("Register again"), absolute(reverse("register", args=[about.meeting.pk]))),
    )


def _waitlisted(about: Occasion) -> Letter:
    return _letter(
        about,
        subject=_("On the waitlist: %(title)s") % {"title": about.title},
        heading=_("All seats are taken, you are on the waitlist"),
        opening=(Passage(_("When a seat is free and it is your turn, we write to you.")),),
        button=Link(_("See my registration"), about.link),
    )


def _offer(about: Occasion) -> Letter:
    until = about.seat.offered_until if about.seat else None
    local = until.astimezone(zones.zone(about.zone)) if until else about.begins
    held = _("It is held for you until %(when)s, your time.") % {
        "when": f"{day_in_words(local, in_sentence=True)}, {clock(local)}"
    }
    return _letter(
        about,
        subject=_("A seat is free for you: %(title)s") % {"title": about.title},
        heading=_("A seat is free for you"),
        opening=(*about_meeting(about.meeting), Passage(held)),
        button=Link(_("Take the seat"), about.link),
        button_note=_("After that the next on the waitlist gets it."),
    )


def _refused(about: Occasion) -> Letter:
    return _letter(
        about,
        subject=_("Not confirmed: %(title)s") % {"title": about.title},
        heading=_("The host could not confirm your registration"),
        button=elsewhere(),
    )


def _stage_left(about: Occasion) -> Letter:
    keeps_entry = not about.notification.details.get("calendar")
    heading = _("You are not on the stage any more")
    seat = Passage(_("Your seat in this meeting stays yours, and so does the entry in your calendar."))
    return _letter(
        about,
        subject=f"{heading}: {about.title}",
        heading=heading,
        opening=(Passage(_("The host has changed who is on the stage.")),)
        + ((seat,) if keeps_entry else entry_goes(about)),
        button=Link(_("Open the meeting"), about.link) if keeps_entry else elsewhere(),
    )


def _withdrawn(about: Occasion) -> Letter:
    if about.notification.details.get("stage"):
        return _stage_left(about)
    had_seat = about.seat is not None and about.seat.confirmed_at is not None
    if about.notification.details.get("by_person", True):
        heading = _("You have given your seat back")
    elif had_seat:
        heading = _("Your seat has been taken back")
    else:
        heading = _("The offer of a seat has ended")
    return _letter(
        about,
        subject=f"{heading}: {about.title}",
        heading=heading,
        opening=entry_goes(about),
        button=elsewhere(),
    )


# ---- the meeting -----------------------------------------------------------------------------------------


def _invitation(about: Occasion) -> Letter:
    role = role_of(about)
    headings: dict[str, str] = {
        MeetingRole.Role.HOST: _("You host this meeting"),
        MeetingRole.Role.CO_HOST: _("You host this meeting with others"),
        MeetingRole.Role.SPEAKER: _("You speak in this meeting"),
        MeetingRole.Role.INTERPRETER: _("You interpret in this meeting"),
    }
    heading = headings.get(role, _("You are invited"))
    return _letter(
        about,
        subject=f"{heading}: {about.title}, {about.day_and_hour}",
        heading=heading,
        opening=about_meeting(about.meeting),
        button=Link(_("Open the meeting"), about.link),
        button_note=own_link(about),
        passages=(*place(about.meeting), *what_comes_next(about), *recorded(about.meeting)),
    )


def _reminder(about: Occasion) -> Letter:
    here = about.now.astimezone(zones.zone(about.zone)).date()
    hour = {"hour": clock(about.begins)}
    if about.begins.date() == here:
        heading = _("Today at %(hour)s") % hour
    elif about.begins.date() == here + timedelta(days=1):
        heading = _("Tomorrow at %(hour)s") % hour
    else:
        heading = capfirst(about.day_and_hour)
    return _letter(
        about,
        subject=f"{heading}: {about.title}",
        heading=heading,
        opening=about_meeting(about.meeting),
        button=Link(_("Open the meeting"), about.link),
        button_note=own_link(about),
        passages=place(about.meeting),
    )


def _change(about: Occasion) -> Letter:
    was = about.notification.details.get("was")
    names = [name_of_field(name) for name in about.notification.details.get("changed", [])]
    if was:
        earlier = span(
            datetime.fromisoformat(was["starts_at"]), datetime.fromisoformat(was["ends_at"]), about.zone
        )
        subject = _("New hour: %(title)s, %(when)s") % {"title": about.title, "when": about.day_and_hour}
        heading, news = _("The hour has changed"), [Passage(_("It was %(when)s.") % {"when": earlier})]
    else:
        subject, news = _("Changed: %(title)s") % {"title": about.title}, []
        heading = _("This meeting has changed")
    others = ", ".join(name for name in names if name)
    if others:
        news.append(
            Passage(
                _("What else is new: %(names)s.") % {"names": others}
                if was
                else _("What is new: %(names)s.") % {"names": others}
            )
        )
    moves = (Passage(_("The entry in your calendar follows with this mail."), title=_("In your calendar")),)
    return _letter(
        about,
        subject=subject,
        heading=heading,
        opening=tuple(news),
        button=Link(_("Open the meeting"), about.link),
        button_note=own_link(about),
        passages=(
            *place(about.meeting),
            *(moves if about.notification.details.get("calendar") else ()),
            *what_comes_next(about),
        ),
    )


def _cancellation(about: Occasion) -> Letter:
    reason = about.meeting.cancel_reason.strip()
    return _letter(
        about,
        subject=_("Cancelled: %(title)s, %(when)s") % {"title": about.title, "when": about.day_and_hour},
        heading=_("This meeting does not take place"),
        opening=(*((Passage(reason, title=_("The host writes")),) if reason else ()), *entry_goes(about)),
        button=elsewhere(),
    )


# ---- recordings ------------------------------------------------------------------------------------------


def _recording(about: Occasion) -> Letter:
    return _letter(
        about,
        subject=_("Recording: %(title)s") % {"title": about.title},
        heading=_("The recording is there"),
        button=Link(_("Watch the recording"), about.link),
    )


def _recording_missing(about: Occasion) -> Letter:
    upload = absolute(reverse("upload_recording", args=[about.meeting.pk]))
    return _letter(
        about,
        subject=_("The recording did not come: %(title)s") % {"title": about.title},
        heading=_("The recording did not come"),
        opening=(
            Passage(
                _("This meeting was to be recorded, and nothing has arrived. If you have the file, bring it.")
            ),
        ),
        button=Link(_("Upload a recording"), upload),
    )


def _recording_failed(about: Occasion) -> Letter:
    upload = absolute(reverse("upload_recording", args=[about.meeting.pk]))
    return _letter(
        about,
        subject=_("The recording cannot be played: %(title)s") % {"title": about.title},
        heading=_("The recording cannot be played"),
        opening=(
            Passage(
                _("The file arrived and is kept, but it cannot be played. If you have another, bring it.")
            ),
        ),
        button=Link(_("Upload a recording"), upload),
    )


LETTERS: dict[Notification.Kind, Callable[[Occasion], Letter]] = {
    Kind.CONFIRMATION: _confirmation,
    Kind.REQUESTED: _requested,
    Kind.WAITLISTED: _waitlisted,
    Kind.OFFER: _offer,
    Kind.REFUSED: _refused,
    Kind.WITHDRAWN: _withdrawn,
    Kind.VERIFY: _verify,
    Kind.LAPSED: _lapsed,
    Kind.INVITATION: _invitation,
    Kind.REMINDER: _reminder,
    Kind.CHANGE: _change,
    Kind.CANCELLATION: _cancellation,
    Kind.RECORDING: _recording,
    Kind.RECORDING_MISSING: _recording_missing,
    Kind.RECORDING_FAILED: _recording_failed,
}
