"""What a person hears of several meetings of a series in one email, in the active language."""

from collections.abc import Callable
from datetime import datetime

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from companies import zones
from meetings.models import MeetingRole, Registration
from notifications.email_content import (
    EmailContent,
    Link,
    Paragraph,
    absolute,
    footer,
    time_range,
    title_paragraphs,
)
from notifications.models import Notification
from notifications.snippets import (
    MailContext,
    answer_link,
    confirm_by_notice,
    field_label,
    from_whom,
    location,
    meeting_summary,
    personal_link_note,
    reason_for_mail,
    recording_notice,
    registration_link,
    role_of,
    upcoming_meetings_link,
)

Kind = Notification.Kind


def compose_series(context: MailContext) -> EmailContent:
    return COMPOSERS[Kind(context.notification.kind)](context)


def _content(
    context: MailContext,
    *,
    subject: str,
    heading: str,
    opening: tuple[Paragraph, ...],
    calendar: str,
    rest: tuple[Paragraph, ...] = (),
    button: Link | None = None,
) -> EmailContent:
    series = context.meeting.series
    page = (series or context.meeting).get_absolute_url()
    has_file = any(one.notification.details.get("calendar") for one in context.parts)
    return EmailContent(
        subject=subject % {"count": len(context.parts), "title": context.title},
        heading=heading,
        language=context.language,
        kind=context.notification.kind,
        opening=(*title_paragraphs(context.meeting.title, context.language), *opening),
        button=button or Link(_("Open the series"), absolute(page)),
        paragraphs=(
            *_dates(context),
            *([Paragraph(calendar, title=_("In your calendar"))] if has_file else []),
            *rest,
        ),
        footer=footer(reason_for_mail=reason_for_mail(context)),
    )


def _registered(context: MailContext) -> EmailContent:
    """Some may be waitlisted, or wait for the host's approval: it is said at their date."""
    if any(one.notification.kind != Kind.CONFIRMATION for one in context.parts):
        subject, heading = _("Registration received: %(title)s"), _("We’ve received your registration")
    else:
        heading = _("You’re registered")
        subject = ngettext(
            "You’re registered for %(count)d meeting: %(title)s",
            "You’re registered for %(count)d meetings: %(title)s",
            len(context.parts),
        )
    to_verify = next(
        (one for one in context.parts if one.registration and one.registration.is_to_verify), None
    )
    return _content(
        context,
        subject=subject,
        heading=heading,
        opening=(
            *meeting_summary(context.meeting),
            *(confirm_by_notice(to_verify) if to_verify else ()),
        ),
        button=registration_link(to_verify) if to_verify else None,
        calendar=_(
            "The attached file has all the meetings you’re registered for. Open it to add them to your calendar. If a "
            "time changes, we’ll email you."
        ),
        rest=(
            *location(context.meeting),
            *recording_notice(context.meeting),
            Paragraph(_("You can cancel each meeting separately on its page."), title=_("Can’t make it?")),
        ),
    )


def _scheduled(context: MailContext) -> EmailContent:
    return _content(
        context,
        subject=ngettext(
            "%(count)d meeting scheduled: %(title)s",
            "%(count)d meetings scheduled: %(title)s",
            len(context.parts),
        ),
        heading=_scheduled_heading(role_of(context)),
        opening=meeting_summary(context.meeting),
        calendar=_("The attached file has all these meetings. Open it to add them to your calendar."),
        rest=(*location(context.meeting), *recording_notice(context.meeting)),
    )


def _invited(context: MailContext) -> EmailContent:
    return _content(
        context,
        subject=ngettext(
            "You’re invited to %(count)d meeting: %(title)s",
            "You’re invited to %(count)d meetings: %(title)s",
            len(context.parts),
        ),
        heading=_("You’re invited"),
        opening=(*from_whom(context), *meeting_summary(context.meeting)),
        button=answer_link(context.parts[0]),
        calendar=_("The attached file has all these meetings. Open it to add them to your calendar."),
        rest=(
            Paragraph(_("Use the link of each meeting to accept or decline it. You don’t need an account.")),
            *location(context.meeting),
            *recording_notice(context.meeting),
        ),
    )


def _scheduled_heading(role: str) -> str:
    headings: dict[str, str] = {
        MeetingRole.Role.HOST: _("You’re hosting this series"),
        MeetingRole.Role.CO_HOST: _("You’re co-hosting this series"),
        MeetingRole.Role.SPEAKER: _("You’re speaking in this series"),
        MeetingRole.Role.INTERPRETER: _("You’re interpreting in this series"),
        MeetingRole.Role.CAPTIONER: _("You’re writing the captions in this series"),
    }
    return headings.get(role) or _("You’re invited")


def _changed(context: MailContext) -> EmailContent:
    names = {name for one in context.parts for name in one.notification.details.get("changed", [])}
    labels = ", ".join(label for name in sorted(names) if (label := field_label(name)))
    changed = (Paragraph(_("What changed: %(names)s.") % {"names": labels}),) if labels else ()
    return _content(
        context,
        subject=ngettext(
            "%(count)d meeting changed: %(title)s",
            "%(count)d meetings changed: %(title)s",
            len(context.parts),
        ),
        heading=_("This series has changed"),
        opening=changed,
        button=answer_link(context.parts[0]) if _is_only_invited(context) else None,
        calendar=_("The attached file has all these meetings. Open it to update your calendar."),
        rest=location(context.meeting),
    )


def _is_only_invited(context: MailContext) -> bool:
    """Whether the reader is invited to all of them: the page of the series may be closed to them."""
    return all(one.invitation is not None for one in context.parts)


def _cancelled(context: MailContext) -> EmailContent:
    reason = context.meeting.cancel_reason.strip()
    return _content(
        context,
        subject=ngettext(
            "%(count)d meeting cancelled: %(title)s",
            "%(count)d meetings cancelled: %(title)s",
            len(context.parts),
        ),
        heading=_("These meetings are cancelled"),
        opening=(Paragraph(reason, title=_("Message from the host")),) if reason else (),
        button=upcoming_meetings_link() if _is_only_invited(context) else None,
        calendar=_(
            "The attached file cancels all these meetings. Open it, or remove the events from your calendar yourself."
        ),
    )


def _dates(context: MailContext) -> tuple[Paragraph, ...]:
    """One line for each meeting, in the reader's time zone; where the reader has links of their own, each with its."""
    zone = _("Your time zone: %(place)s.") % {"place": zones.label(context.zone)}
    note = "" if context.notification.kind == Kind.CANCELLATION else personal_link_note(context)
    if not note:
        lines = [line for one in context.parts for line in _lines(one, context.title)]
        return (Paragraph("\n".join([*lines, zone]), title=_("Dates")),)
    several = _("These links are only for you. Please don’t forward them.")
    return (
        Paragraph(f"{zone}\n{several}", title=_("Dates")),
        *(Paragraph("\n".join(_lines(one, context.title)), link=_own_link(one)) for one in context.parts),
    )


def _own_link(context: MailContext) -> Link:
    if context.invitation is not None:
        return answer_link(context)
    return Link(_("Open the meeting"), context.link)


def _lines(context: MailContext, title: str) -> list[str]:
    """The time; what it is called unless it is `title`; its former time; whether it is certain."""
    meeting = context.meeting
    lines = [time_range(meeting.starts_at, meeting.ends_at, context.zone)]
    if context.title != title:
        lines.append(context.title)
    was = context.notification.details.get("was")
    if was and context.notification.kind == Kind.CHANGE:
        starts_at, ends_at = (datetime.fromisoformat(was[name]) for name in ("starts_at", "ends_at"))
        when = time_range(starts_at, ends_at, context.zone, in_sentence=True)
        lines.append(_("Previous time: %(when)s.") % {"when": when})
    registration = context.registration
    if registration is not None and registration.state != Registration.State.CONFIRMED:
        lines.append(capfirst(registration.get_state_display()))
    return lines


COMPOSERS: dict[Notification.Kind, Callable[[MailContext], EmailContent]] = {
    Kind.CONFIRMATION: _registered,
    Kind.REQUESTED: _registered,
    Kind.WAITLISTED: _registered,
    Kind.INVITATION: _scheduled,
    Kind.INVITED: _invited,
    Kind.CHANGE: _changed,
    Kind.CANCELLATION: _cancelled,
}
