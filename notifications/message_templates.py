"""The content of each kind of email, in the active language; one email for one notification."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from companies import zones
from companies.languages import in_language
from companies.templatetags.page import day_in_words, format_time, not_translated
from engagement.questions import reading
from engagement.resources.describing import resources_of_meeting
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
    answer_link,
    calendar_removal_notice,
    confirm_by_notice,
    field_label,
    former_values,
    from_whom,
    location,
    meeting_summary,
    personal_link_note,
    prose,
    reason_for_mail,
    recording_notice,
    registration_link,
    role_of,
    texts_of,
    unsubscribe_link,
    upcoming_meetings_link,
    upcoming_reminders,
)
from recordings.models import Recording

Kind = Notification.Kind


def compose(context: MailContext) -> EmailContent:
    return COMPOSERS[Kind(context.notification.kind)](context)


def _content(
    context: MailContext,
    *,
    heading: str,
    subject: str = "",
    kind: str = "",
    values: Mapping[str, str] | None = None,
    opening: tuple[Paragraph, ...] = (),
    paragraphs: tuple[Paragraph, ...] = (),
    **parts: object,
) -> EmailContent:
    """With what the secretariat has written for this kind; `subject` only where that cannot be changed."""
    given: dict[str, object] = {
        "when": meeting_time(context.meeting, context.zone),
        "footer": footer(reason_for_mail=reason_for_mail(context), unsubscribe=unsubscribe_link(context)),
        **parts,
    }
    words = texts_of(context, kind or context.notification.kind, **(values or {}))
    title = title_paragraphs(context.meeting.title, context.language)
    return EmailContent(
        subject=subject or words.subject,
        heading=heading,
        language=context.language,
        kind=context.notification.kind,
        opening=(*title, *prose(words.introduction), *opening),
        paragraphs=(*paragraphs, *prose(words.closing)),
        **given,  # type: ignore[arg-type]
    )


def account_deleted(language: str) -> EmailContent:
    """The last email to an address: it is about no meeting."""
    site = {"site": settings.SITE_NAME}
    return EmailContent(
        subject=_("Your account at %(site)s has been deleted") % site,
        heading=_("Your account has been deleted"),
        language=language,
        kind=Kind.ACCOUNT_DELETED,
        opening=(
            Paragraph(
                _(
                    "We’ve deleted your name, your email address and everything else that belongs to you. Your "
                    "registrations for upcoming meetings are cancelled."
                )
            ),
            Paragraph(_("This is the last email that we send to this address.")),
        ),
        button=upcoming_meetings_link(),
        footer=footer(
            reason_for_mail=_("You’re getting this email because the account with this address was deleted.")
        ),
    )


# ---- registrations ---------------------------------------------------------------------------------------


def _confirmation(context: MailContext) -> EmailContent:
    return _content(
        context,
        heading=_("You’re registered"),
        opening=(*meeting_summary(context.meeting), *confirm_by_notice(context)),
        button=registration_link(context),
        button_note=personal_link_note(context),
        paragraphs=(
            *location(context.meeting),
            Paragraph(
                _(
                    "A calendar invitation comes with this email. If the time changes, we’ll update "
                    "it and email you."
                ),
                title=_("In your calendar"),
            ),
            *upcoming_reminders(context),
            *recording_notice(context.meeting),
            Paragraph(
                _("Please cancel, so that the host knows how many people to expect.")
                if context.meeting.capacity is None
                else _("Please cancel. Someone else may be waiting for a seat."),
                title=_("Can’t make it?"),
                link=Link(_("Cancel my registration"), context.withdraw_link),
            ),
        ),
    )


def _requested(context: MailContext) -> EmailContent:
    return _content(
        context,
        heading=_("Waiting for the host’s approval"),
        opening=confirm_by_notice(context),
        button=registration_link(context, _("View my registration")),
    )


def _verify(context: MailContext) -> EmailContent:
    return _content(
        context,
        heading=_("Please confirm your registration"),
        opening=confirm_by_notice(context),
        button=registration_link(context),
        button_note=personal_link_note(context),
    )


def _lapsed(context: MailContext) -> EmailContent:
    heading, why = (
        _("Registration not confirmed"),
        _("Nobody confirmed that this email address is theirs, so the seat is available to others again."),
    )
    if context.notification.details.get("by_host"):
        heading, why = (
            _("Your registration was removed"),
            _(
                "The host removed your registration because this email address wasn’t confirmed. You "
                "can register again."
            ),
        )
    return _content(
        context,
        subject=f"{heading}: {context.title}",
        heading=heading,
        opening=(Paragraph(why), *calendar_removal_notice(context)),
        button=Link(
            _("Register again"), absolute(reverse("register", args=[context.meeting.pk], query={"again": 1}))
        ),
    )


def _waitlisted(context: MailContext) -> EmailContent:
    return _content(
        context,
        heading=_("The meeting is full. You’re on the waitlist."),
        button=Link(_("View my registration"), context.link),
    )


def _offer(context: MailContext) -> EmailContent:
    until = context.registration.offered_until if context.registration else None
    local = until.astimezone(zones.zone(context.zone)) if until else context.starts_at
    return _content(
        context,
        values={"until": f"{day_in_words(local, in_sentence=True)}, {format_time(local)}"},
        heading=_("A seat is available for you"),
        opening=meeting_summary(context.meeting),
        button=Link(_("Accept the seat"), context.link),
        button_note=_("After that, it goes to the next person on the waitlist."),
    )


def _refused(context: MailContext) -> EmailContent:
    return _content(
        context,
        heading=_("The host couldn’t approve your registration"),
        button=upcoming_meetings_link(),
    )


def _stage_left(context: MailContext) -> EmailContent:
    keeps_entry = not context.notification.details.get("calendar")
    heading = _("Your role has ended")
    kept_registration = Paragraph(_("Your registration and the event in your calendar stay as they are."))
    return _content(
        context,
        subject=f"{heading}: {context.title}",
        heading=heading,
        opening=(Paragraph(_("The host has changed the roles in this meeting.")),)
        + ((kept_registration,) if keeps_entry else calendar_removal_notice(context)),
        button=_open_link(context) if keeps_entry else upcoming_meetings_link(),
    )


def _open_link(context: MailContext) -> Link:
    return Link(_("Open the meeting"), context.link)


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
    opening = calendar_removal_notice(context)
    if context.notification.details.get("by_person", True):
        heading = _("You’ve cancelled your registration")
    elif context.notification.details.get("offer_ended"):
        heading = _("Your seat offer has ended")
        opening = (Paragraph(_("You did not accept the seat in time.")), *opening)
    else:
        heading = _("Your registration was cancelled")
    return _content(
        context,
        subject=f"{heading}: {context.title}",
        heading=heading,
        opening=opening,
        button=upcoming_meetings_link(),
    )


def _proposal_declined(context: MailContext) -> EmailContent:
    heading = _("The meeting stays at its time")
    return _content(
        context,
        subject=f"{heading}: {context.title}",
        heading=heading,
        opening=meeting_summary(context.meeting),
        button=_open_link(context),
        button_note=personal_link_note(context),
    )


# ---- the meeting -----------------------------------------------------------------------------------------


def _invitation(context: MailContext) -> EmailContent:
    role = role_of(context)
    named = {"title": context.title, "when": context.short_day_and_time}
    texts: dict[str, tuple[str, str]] = {
        MeetingRole.Role.HOST: (_("Hosting: %(title)s, %(when)s"), _("You’re hosting this meeting")),
        MeetingRole.Role.CO_HOST: (
            _("Co-hosting: %(title)s, %(when)s"),
            _("You’re co-hosting this meeting"),
        ),
        MeetingRole.Role.SPEAKER: (_("Speaking: %(title)s, %(when)s"), _("You’re speaking at this meeting")),
        MeetingRole.Role.INTERPRETER: (
            _("Interpreting: %(title)s, %(when)s"),
            _("You’re interpreting at this meeting"),
        ),
        MeetingRole.Role.CAPTIONER: (
            _("Captions: %(title)s, %(when)s"),
            _("You’re writing the captions at this meeting"),
        ),
    }
    subject, heading = texts.get(role, (_("You’re invited: %(title)s, %(when)s"), _("You’re invited")))
    return _content(
        context,
        subject=subject % named,
        heading=heading,
        opening=meeting_summary(context.meeting),
        button=_open_link(context),
        button_note=personal_link_note(context),
        paragraphs=(
            *location(context.meeting),
            *upcoming_reminders(context),
            *recording_notice(context.meeting),
        ),
    )


def _invited(context: MailContext) -> EmailContent:
    return _content(
        context,
        heading=_("You’re invited"),
        opening=(*from_whom(context), *meeting_summary(context.meeting)),
        button=answer_link(context),
        button_note=_(
            "You can accept or decline there without an account. The link is only for you. Please don’t forward it."
        ),
        paragraphs=(
            *location(context.meeting),
            *recording_notice(context.meeting),
            Paragraph(
                _("A calendar invitation comes with this email. It is updated whenever the meeting changes."),
                title=_("In your calendar"),
            ),
        ),
    )


def _reminder(context: MailContext) -> EmailContent:
    here = context.now.astimezone(zones.zone(context.zone)).date()
    hour = {"hour": format_time(context.starts_at)}
    if context.starts_at.date() == here:
        heading = _("Today at %(hour)s") % hour
    elif context.starts_at.date() == here + timedelta(days=1):
        heading = _("Tomorrow at %(hour)s") % hour
    else:
        heading = capfirst(context.day_and_time)
    is_soon = context.starts_at.date() <= here + timedelta(days=1)
    return _content(
        context,
        subject=f"{heading if is_soon else context.short_day_and_time}: {context.title}",
        heading=heading,
        opening=meeting_summary(context.meeting),
        button=_open_link(context),
        button_note=personal_link_note(context),
        paragraphs=location(context.meeting),
    )


def _change(context: MailContext) -> EmailContent:
    was = context.notification.details.get("was")
    former = former_values(context)
    changed = context.notification.details.get("changed", [])
    names = [field_label(name) for name in changed if name not in former]
    if was:
        earlier = time_range(
            datetime.fromisoformat(was["starts_at"]),
            datetime.fromisoformat(was["ends_at"]),
            context.zone,
            in_sentence=True,
        )
        subject = _("New time: %(title)s, %(when)s") % {
            "title": context.title,
            "when": context.short_day_and_time,
        }
        heading, news = (
            _("The time has changed"),
            [Paragraph(_("Previous time: %(when)s.") % {"when": earlier})],
        )
    else:
        subject, news = _("Changed: %(title)s") % {"title": context.title}, []
        heading = _("This meeting has changed")
    news += former.values()
    others = ", ".join(name for name in names if name)
    if others:
        news.append(
            Paragraph(
                _("Also changed: %(names)s.") % {"names": others}
                if news
                else _("What changed: %(names)s.") % {"names": others}
            )
        )
    moves = (Paragraph(_("This email updates the event in your calendar."), title=_("In your calendar")),)
    return _content(
        context,
        subject=subject,
        heading=heading,
        opening=tuple(news),
        button=answer_link(context) if context.invitation is not None else _open_link(context),
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
        heading=_("This meeting is cancelled"),
        opening=(
            *((Paragraph(reason, title=_("Message from the host")),) if reason else ()),
            *calendar_removal_notice(context),
        ),
        button=upcoming_meetings_link(),
    )


def _host_message(context: MailContext) -> EmailContent:
    message = context.notification.host_message
    if message is None:
        raise ValueError("no message")
    subject = in_language(message.subject, context.language)
    text = in_language(message.text, context.language)
    writer = clean(message.sender.public_name, LONGEST_NAME) if message.sender else ""
    return _content(
        context,
        subject=f"{subject.text}: {context.title}",
        heading=subject.text,
        opening=(
            *([Paragraph(not_translated(text.language))] if text.is_fallback else []),
            Paragraph(text.text, title=_("Message from the host"), language=text.language),
            *([Paragraph(writer)] if writer else []),
        ),
        button=_open_link(context),
        button_note=personal_link_note(context),
    )


def _thanks(context: MailContext) -> EmailContent:
    """Says nothing of a recording that was announced already, and of links and documents only where there are some."""
    meeting = context.meeting
    announced = meeting.recordings.published().exclude(visibility=Recording.Visibility.HOSTS)
    later = _("When the recording is available, we’ll email you.")
    shared = _("Links and documents that the host has shared are on the page of the meeting.")
    return _content(
        context,
        heading=_("Thanks for joining"),
        opening=(
            *([Paragraph(later)] if meeting.record and not announced.exists() else []),
            *([Paragraph(shared)] if resources_of_meeting(meeting.pk).exists() else []),
        ),
        button=_open_link(context),
        button_note=personal_link_note(context),
    )


def _missed(context: MailContext) -> EmailContent:
    """As planned while the host wanted it so; else of the recording alone."""
    if not context.meeting.follow_ups:
        return _recording(context)
    return _content(
        context,
        heading=_("We missed you"),
        button=Link(_("Watch the recording"), context.link),
    )


# ---- recordings ------------------------------------------------------------------------------------------


def _recording(context: MailContext) -> EmailContent:
    return _content(
        context,
        kind=Kind.RECORDING,  # also where it is sent in place of another
        heading=_("The recording is available"),
        button=Link(_("Watch the recording"), context.link),
    )


def _recording_missing(context: MailContext) -> EmailContent:
    upload = absolute(reverse("upload_recording", args=[context.meeting.pk]))
    return _content(
        context,
        heading=_("The recording is missing"),
        button=Link(_("Upload a recording"), upload),
    )


def _recording_failed(context: MailContext) -> EmailContent:
    upload = absolute(reverse("upload_recording", args=[context.meeting.pk]))
    return _content(
        context,
        heading=_("The recording cannot be played"),
        button=Link(_("Upload a recording"), upload),
    )


# ---- questions -------------------------------------------------------------------------------------------

MOST_QUESTIONS = 20  # in an email; the page has them all


def _open_questions(context: MailContext) -> EmailContent:
    unanswered = reading.open_questions(context.meeting.pk)
    is_host = context.meeting.host_id == context.person.pk
    if not is_host:
        unanswered = unanswered.filter(assigned_to__person=context.person)
    page = absolute(reverse("live_questions", args=[context.meeting.pk]))
    return _content(
        context,
        heading=_("Some questions are still open"),
        opening=(
            Paragraph(
                _("These questions were not answered in the meeting. You can answer them in writing.")
                if is_host
                else _(
                    "These questions are assigned to you and were not answered in the meeting. "
                    "You can answer them in writing."
                )
            ),
        ),
        button=Link(_("Answer the questions"), page),
        paragraphs=tuple(Paragraph(question.text) for question in unanswered[:MOST_QUESTIONS]),
    )


def _question_answered(context: MailContext) -> EmailContent:
    question = context.notification.question
    if question is None:  # deleted with its row: the email is dropped before it is written
        raise ValueError("no question")
    return _content(
        context,
        heading=_("Your question was answered"),
        opening=(
            Paragraph(question.text, title=_("Your question")),
            Paragraph(question.answer, title=_("The answer")),
        ),
        button=_open_link(context),
        button_note=personal_link_note(context),
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
    Kind.OPEN_QUESTIONS: _open_questions,
    Kind.QUESTION_ANSWERED: _question_answered,
    Kind.PROPOSAL_DECLINED: _proposal_declined,
    Kind.HOST_MESSAGE: _host_message,
    Kind.THANKS: _thanks,
    Kind.MISSED: _missed,
}
