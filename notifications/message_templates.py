"""The content of each kind of email, in the active language; one email for one notification."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from companies import zones
from companies.templatetags.page import day_in_words, format_time
from meetings.models import MeetingRole
from notifications.email_content import (
    EmailContent,
    Link,
    Paragraph,
    absolute,
    footer,
    meeting_time,
    time_range,
    title_paragraphs,
)
from notifications.mime import LONGEST_NAME, clean
from notifications.models import Notification
from notifications.snippets import (
    MailContext,
    calendar_removal_notice,
    field_label,
    location,
    meeting_summary,
    personal_link_note,
    reason_for_mail,
    recording_notice,
    role_of,
    upcoming_meetings_link,
    upcoming_reminders,
)

Kind = Notification.Kind


def compose(context: MailContext) -> EmailContent:
    return COMPOSERS[Kind(context.notification.kind)](context)


def _content(
    context: MailContext, *, subject: str, heading: str, opening: tuple[Paragraph, ...] = (), **parts: object
) -> EmailContent:
    given: dict[str, object] = {
        "when": meeting_time(context.meeting, context.zone),
        "footer": footer(reason_for_mail=reason_for_mail(context), unsubscribe=context.unsubscribe),
        **parts,
    }
    title = title_paragraphs(context.meeting.title, context.language)
    return EmailContent(
        subject=subject,
        heading=heading,
        language=context.language,
        kind=context.notification.kind,
        opening=(*title, *opening),
        **given,  # type: ignore[arg-type]
    )


def account_deleted(language: str) -> EmailContent:
    """The last email to an address: it is about no meeting."""
    site = {"site": settings.SITE_NAME}
    return EmailContent(
        subject=_("Your account at %(site)s is deleted") % site,
        heading=_("Your account is deleted"),
        language=language,
        kind=Kind.ACCOUNT_DELETED,
        opening=(
            Paragraph(
                _(
                    "Your name, your email address and everything else that is yours are deleted. Your registrations "
                    "for upcoming meetings are cancelled."
                )
            ),
            Paragraph(_("This is the last email that we send to this address.")),
        ),
        button=upcoming_meetings_link(),
        footer=footer(reason_for_mail=_("You get this because the account with this address was deleted.")),
    )


# ---- registrations ---------------------------------------------------------------------------------------


def _confirmation(context: MailContext) -> EmailContent:
    name = context.first_name
    heading = _("You have a seat, %(name)s") % {"name": name} if name else _("You have a seat")
    return _content(
        context,
        subject=_("You have a seat: %(title)s, %(when)s")
        % {"title": context.title, "when": context.day_and_time},
        heading=heading,
        opening=(*meeting_summary(context.meeting), *_confirm_by_notice(context)),
        button=_registration_link(context),
        button_note=personal_link_note(context),
        paragraphs=(
            *location(context.meeting),
            Paragraph(
                _(
                    "The entry came with this mail. If the hour moves, the entry moves, and we write to you once."
                ),
                title=_("In your calendar"),
            ),
            *upcoming_reminders(context),
            *recording_notice(context.meeting),
            Paragraph(
                _("Someone may be waiting for your seat."),
                title=_("Cannot come?"),
                link=Link(_("Give the seat back"), context.link),
            ),
        ),
    )


def _requested(context: MailContext) -> EmailContent:
    return _content(
        context,
        subject=_("Received: %(title)s") % {"title": context.title},
        heading=_("The host decides"),
        opening=(
            Paragraph(_("We have your registration. We write to you as soon as the host has answered.")),
            *_confirm_by_notice(context),
        ),
        button=_registration_link(context, _("See my registration")),
    )


def _confirm_by_notice(context: MailContext) -> tuple[Paragraph, ...]:
    """Until when an unconfirmed registration is held."""
    if context.registration is None or context.registration.verify_by is None:
        return ()
    local = context.registration.verify_by.astimezone(zones.zone(context.zone))
    text = _(
        "Few seats are left. Please confirm your email address by: %(when)s, your time. "
        "Otherwise your seat goes to somebody else."
    )
    return (Paragraph(text % {"when": f"{day_in_words(local, in_sentence=True)}, {format_time(local)}"}),)


def _registration_link(context: MailContext, label: str = "") -> Link:
    if context.registration is not None and context.registration.verify_by is not None:
        return Link(_("Confirm my registration"), context.link)
    return Link(label or _("Open the meeting"), context.link)


def _verify(context: MailContext) -> EmailContent:
    return _content(
        context,
        subject=_("Please confirm your registration: %(title)s") % {"title": context.title},
        heading=_("Please confirm your registration"),
        opening=_confirm_by_notice(context),
        button=_registration_link(context),
        button_note=personal_link_note(context),
    )


def _lapsed(context: MailContext) -> EmailContent:
    heading, why = (
        _("Your registration was not confirmed"),
        _(
            "Nobody confirmed that this address belongs to the person who registered, "
            "so the seat is free for others again."
        ),
    )
    if context.notification.details.get("by_host"):
        heading, why = (
            _("Your registration was removed"),
            _(
                "The host removed your registration because this email address was not confirmed. "
                "You can register again."
            ),
        )
    return _content(
        context,
        subject=f"{heading}: {context.title}",
        heading=heading,
        opening=(Paragraph(why), *calendar_removal_notice(context)),
        button=Link(_("Register again"), absolute(reverse("register", args=[context.meeting.pk]))),
    )


def _waitlisted(context: MailContext) -> EmailContent:
    return _content(
        context,
        subject=_("On the waitlist: %(title)s") % {"title": context.title},
        heading=_("All seats are taken, you are on the waitlist"),
        opening=(Paragraph(_("When a seat is free and it is your turn, we write to you.")),),
        button=Link(_("See my registration"), context.link),
    )


def _offer(context: MailContext) -> EmailContent:
    until = context.registration.offered_until if context.registration else None
    local = until.astimezone(zones.zone(context.zone)) if until else context.starts_at
    held = _("It is held for you until %(when)s, your time.") % {
        "when": f"{day_in_words(local, in_sentence=True)}, {format_time(local)}"
    }
    return _content(
        context,
        subject=_("A seat is free for you: %(title)s") % {"title": context.title},
        heading=_("A seat is free for you"),
        opening=(*meeting_summary(context.meeting), Paragraph(held)),
        button=Link(_("Take the seat"), context.link),
        button_note=_("After that the next on the waitlist gets it."),
    )


def _refused(context: MailContext) -> EmailContent:
    return _content(
        context,
        subject=_("Not confirmed: %(title)s") % {"title": context.title},
        heading=_("The host could not confirm your registration"),
        button=upcoming_meetings_link(),
    )


def _stage_left(context: MailContext) -> EmailContent:
    keeps_entry = not context.notification.details.get("calendar")
    heading = _("You are not on the stage any more")
    kept_registration = Paragraph(
        _("Your seat in this meeting stays yours, and so does the entry in your calendar.")
    )
    return _content(
        context,
        subject=f"{heading}: {context.title}",
        heading=heading,
        opening=(Paragraph(_("The host has changed who is on the stage.")),)
        + ((kept_registration,) if keeps_entry else calendar_removal_notice(context)),
        button=Link(_("Open the meeting"), context.link) if keeps_entry else upcoming_meetings_link(),
    )


def _invitation_withdrawn(context: MailContext) -> EmailContent:
    heading = _("Your invitation was withdrawn")
    return _content(
        context,
        subject=f"{heading}: {context.title}",
        heading=heading,
        opening=(Paragraph(_("The host has withdrawn this invitation.")), *calendar_removal_notice(context)),
        button=upcoming_meetings_link(),
    )


def _withdrawn(context: MailContext) -> EmailContent:
    if context.notification.details.get("invited"):
        return _invitation_withdrawn(context)
    if context.notification.details.get("stage"):
        return _stage_left(context)
    was_confirmed = context.registration is not None and context.registration.confirmed_at is not None
    if context.notification.details.get("by_person", True):
        heading = _("You have given your seat back")
    elif was_confirmed:
        heading = _("Your seat has been taken back")
    else:
        heading = _("The offer of a seat has ended")
    return _content(
        context,
        subject=f"{heading}: {context.title}",
        heading=heading,
        opening=calendar_removal_notice(context),
        button=upcoming_meetings_link(),
    )


# ---- the meeting -----------------------------------------------------------------------------------------


def _invitation(context: MailContext) -> EmailContent:
    role = role_of(context)
    headings: dict[str, str] = {
        MeetingRole.Role.HOST: _("You host this meeting"),
        MeetingRole.Role.CO_HOST: _("You host this meeting with others"),
        MeetingRole.Role.SPEAKER: _("You speak in this meeting"),
        MeetingRole.Role.INTERPRETER: _("You interpret in this meeting"),
    }
    heading = headings.get(role, _("You are invited"))
    return _content(
        context,
        subject=f"{heading}: {context.title}, {context.day_and_time}",
        heading=heading,
        opening=meeting_summary(context.meeting),
        button=Link(_("Open the meeting"), context.link),
        button_note=personal_link_note(context),
        paragraphs=(
            *location(context.meeting),
            *upcoming_reminders(context),
            *recording_notice(context.meeting),
        ),
    )


def _invited(context: MailContext) -> EmailContent:
    heading = _("You are invited")
    return _content(
        context,
        subject=f"{heading}: {context.title}, {context.day_and_time}",
        heading=heading,
        opening=(*_from_whom(context), *meeting_summary(context.meeting)),
        button=Link(_("Answer the invitation"), context.link),
        button_note=_(
            "You can accept or decline there without an account. The link is yours alone: please do not forward it."
        ),
        paragraphs=(
            *location(context.meeting),
            *recording_notice(context.meeting),
            Paragraph(
                _(
                    "The calendar invitation came with this email. It is updated whenever the meeting changes."
                ),
                title=_("In your calendar"),
            ),
        ),
    )


def _from_whom(context: MailContext) -> tuple[Paragraph, ...]:
    """The host, where the summary names no company."""
    meeting = context.meeting
    name = "" if meeting.host_company else clean(meeting.host.name, LONGEST_NAME)
    return (Paragraph(_("Invited by: %(name)s") % {"name": name}),) if name else ()


def _reminder(context: MailContext) -> EmailContent:
    here = context.now.astimezone(zones.zone(context.zone)).date()
    hour = {"hour": format_time(context.starts_at)}
    if context.starts_at.date() == here:
        heading = _("Today at %(hour)s") % hour
    elif context.starts_at.date() == here + timedelta(days=1):
        heading = _("Tomorrow at %(hour)s") % hour
    else:
        heading = capfirst(context.day_and_time)
    return _content(
        context,
        subject=f"{heading}: {context.title}",
        heading=heading,
        opening=meeting_summary(context.meeting),
        button=Link(_("Open the meeting"), context.link),
        button_note=personal_link_note(context),
        paragraphs=location(context.meeting),
    )


def _change(context: MailContext) -> EmailContent:
    was = context.notification.details.get("was")
    names = [field_label(name) for name in context.notification.details.get("changed", [])]
    if was:
        earlier = time_range(
            datetime.fromisoformat(was["starts_at"]), datetime.fromisoformat(was["ends_at"]), context.zone
        )
        subject = _("New hour: %(title)s, %(when)s") % {"title": context.title, "when": context.day_and_time}
        heading, news = _("The hour has changed"), [Paragraph(_("It was %(when)s.") % {"when": earlier})]
    else:
        subject, news = _("Changed: %(title)s") % {"title": context.title}, []
        heading = _("This meeting has changed")
    others = ", ".join(name for name in names if name)
    if others:
        news.append(
            Paragraph(
                _("What else is new: %(names)s.") % {"names": others}
                if was
                else _("What is new: %(names)s.") % {"names": others}
            )
        )
    moves = (Paragraph(_("The entry in your calendar follows with this mail."), title=_("In your calendar")),)
    return _content(
        context,
        subject=subject,
        heading=heading,
        opening=tuple(news),
        button=Link(_("Open the meeting"), context.link),
        button_note=personal_link_note(context),
        paragraphs=(
            *location(context.meeting),
            *(moves if context.notification.details.get("calendar") else ()),
            *upcoming_reminders(context),
        ),
    )


def _cancellation(context: MailContext) -> EmailContent:
    reason = context.meeting.cancel_reason.strip()
    return _content(
        context,
        subject=_("Cancelled: %(title)s, %(when)s") % {"title": context.title, "when": context.day_and_time},
        heading=_("This meeting does not take place"),
        opening=(
            *((Paragraph(reason, title=_("The host writes")),) if reason else ()),
            *calendar_removal_notice(context),
        ),
        button=upcoming_meetings_link(),
    )


# ---- recordings ------------------------------------------------------------------------------------------


def _recording(context: MailContext) -> EmailContent:
    return _content(
        context,
        subject=_("Recording: %(title)s") % {"title": context.title},
        heading=_("The recording is there"),
        button=Link(_("Watch the recording"), context.link),
    )


def _recording_missing(context: MailContext) -> EmailContent:
    upload = absolute(reverse("upload_recording", args=[context.meeting.pk]))
    return _content(
        context,
        subject=_("The recording did not come: %(title)s") % {"title": context.title},
        heading=_("The recording did not come"),
        opening=(
            Paragraph(
                _("This meeting was to be recorded, and nothing has arrived. If you have the file, bring it.")
            ),
        ),
        button=Link(_("Upload a recording"), upload),
    )


def _recording_failed(context: MailContext) -> EmailContent:
    upload = absolute(reverse("upload_recording", args=[context.meeting.pk]))
    return _content(
        context,
        subject=_("The recording cannot be played: %(title)s") % {"title": context.title},
        heading=_("The recording cannot be played"),
        opening=(
            Paragraph(
                _("The file arrived and is kept, but it cannot be played. If you have another, bring it.")
            ),
        ),
        button=Link(_("Upload a recording"), upload),
    )


COMPOSERS: dict[Notification.Kind, Callable[[MailContext], EmailContent]] = {
    Kind.CONFIRMATION: _confirmation,
    Kind.REQUESTED: _requested,
    Kind.WAITLISTED: _waitlisted,
    Kind.OFFER: _offer,
    Kind.REFUSED: _refused,
    Kind.WITHDRAWN: _withdrawn,
    Kind.VERIFY: _verify,
    Kind.LAPSED: _lapsed,
    Kind.INVITATION: _invitation,
    Kind.INVITED: _invited,
    Kind.REMINDER: _reminder,
    Kind.CHANGE: _change,
    Kind.CANCELLATION: _cancellation,
    Kind.RECORDING: _recording,
    Kind.RECORDING_MISSING: _recording_missing,
    Kind.RECORDING_FAILED: _recording_failed,
}
