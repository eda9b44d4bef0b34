"""What happens after registering, and when, in the reader's language and time zone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from companies import email_addresses
from meetings.models import Meeting, Registration
from portal import days
from portal.meeting_cards import ROOM_OPENS, MeetingCard, counted


@dataclass(frozen=True)
class NextStep:
    when: str
    what: str
    is_done: bool = False
    is_sound_check: bool = False


def of_registration(card: MeetingCard, registration: Registration) -> Sequence[NextStep]:
    """Of a confirmed registration for an upcoming meeting; empty for any other."""
    if registration.state != Registration.State.CONFIRMED or card.has_ended:
        return []
    if not card.meeting.is_open:
        return []
    mail = _("An email to %(address)s with your personal link and a calendar invitation.") % {
        "address": email_addresses.readable(registration.email)
    }
    return [NextStep(_("Now"), mail, is_done=True), *_until_the_end(card)]


def for_email(card: MeetingCard, email: str, *, was_full: bool) -> Sequence[NextStep]:
    """The same for every address, so that nobody learns whether it was registered before.

    `was_full`: before it was entered, for a new address may have taken the last seat.
    """
    mail = _(
        "An email to %(address)s with your personal link, which you need to join. Once your "
        "registration is confirmed, you also get a calendar invitation."
    )
    if not card.meeting.is_online:
        mail = _(
            "An email to %(address)s with your personal link. Once your registration is confirmed, you also get a "
            "calendar invitation."
        )
    return [
        NextStep(_("Now"), mail % {"address": email_addresses.readable(email)}, is_done=True),
        *_after_the_email(card, was_full=was_full),
    ]


def _after_the_email(card: MeetingCard, *, was_full: bool) -> list[NextStep]:
    """Nothing but the check of the devices, as long as the host or the waitlist still decides."""
    if was_full or card.meeting.registration == Meeting.RegistrationMode.APPROVAL:
        return _device_check(card)
    return _until_the_end(card)


def _device_check(card: MeetingCard) -> list[NextStep]:
    if not card.meeting.is_online:
        return []
    return [NextStep(_("Any time before the meeting"), "", is_sound_check=True)]


def _until_the_end(card: MeetingCard) -> list[NextStep]:
    meeting = card.meeting
    steps = _device_check(card)
    ahead = sorted((minutes for minutes in meeting.reminders if _is_ahead(card, minutes)), reverse=True)
    opens_at = meeting.starts_at - ROOM_OPENS
    opens_later = meeting.is_online and opens_at > card.now and not meeting.room.is_project_room
    if meeting.is_online and not opens_later:
        steps.append(NextStep(_("Now"), _("The room is open.")))
    last = ahead[-1] if ahead and ahead[-1] <= 15 and opens_later else None
    for minutes in ahead:
        if minutes != last:
            at = meeting.starts_at - timedelta(minutes=minutes)
            steps.append(NextStep(days.date_and_time(at), _("A reminder by email.")))
    if opens_later:
        steps.append(NextStep(days.date_and_time(opens_at), _opening(last)))
    if meeting.record:
        words = _("The recording. We’ll email you when you can watch it.")
        steps.append(NextStep(_("Afterwards"), words))
    return steps


def _is_ahead(card: MeetingCard, minutes: int) -> bool:
    return card.meeting.starts_at - timedelta(minutes=minutes) > card.now


def _opening(last_reminder: int | None) -> str:
    if last_reminder is None:
        return _("The room opens.")
    words = ngettext(
        "The room opens. You get a final email with the link %(count)d minute before the start.",
        "The room opens. You get a final email with the link %(count)d minutes before the start.",
        last_reminder,
    )
    return counted(words, last_reminder)
