"""The content of emails about the work in a project, in the active language and time zone."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils.timezone import get_current_timezone_name, localtime
from django.utils.translation import gettext as _

from companies import email_addresses, zones
from companies.languages import in_language, with_language
from companies.templatetags.page import day_in_words
from notifications.email_content import (
    EmailContent,
    Link,
    Paragraph,
    absolute,
    footer,
    time_range,
    title_paragraphs,
)
from notifications.links import action_link, date_poll_link, partner_request_link
from notifications.mime import LONGEST_NAME, clean
from notifications.models import Notification
from notifications.post_emails import compose_post, compose_posts
from notifications.snippets import done_by, prose
from projects.date_polling import results_of
from projects.models import DatePoll

Kind = Notification.Kind


def compose_about_project(notification: Notification, language: str) -> EmailContent | None:
    """None for other kinds, and when the row lacks what its kind is about."""
    compose = _COMPOSERS.get(Kind(notification.kind))
    return compose(notification, language) if compose else None


def _action_due(notification: Notification, language: str) -> EmailContent | None:
    action, person = notification.action, notification.person
    if action is None or person is None:
        return None
    page = Link(
        _("All decisions and actions"), absolute(reverse("project_actions", args=[action.project_id]))
    )
    due = [Paragraph(day_in_words(action.due_on), title=_("By when?"))] if action.due_on else []
    return EmailContent(
        kind=notification.kind,
        subject=_("To do: %(text)s") % {"text": clean(action.text, LONGEST_NAME)},
        heading=_("Something you have promised to do"),
        language=language,
        opening=(
            Paragraph(action.text, is_name=True),
            *due,
            Paragraph(with_language(in_language(action.project.title, language)), title=_("Project")),
        ),
        button=Link(_("Mark as done"), absolute(action_link(person, action))),
        button_note=_("You don’t have to sign in for this."),
        paragraphs=(Paragraph(_("We remind you each week until it is done."), link=page),),
        footer=footer(
            reason_for_mail=_("You’re getting this email because this action is yours or your company’s.")
        ),
    )


def _project_deletion(notification: Notification, language: str) -> EmailContent | None:
    project, by = notification.project, notification.caused_by
    if project is None:
        return None
    title = clean(in_language(project.title, language).text, LONGEST_NAME)
    if notification.details.get("revoked"):
        subject, heading = (
            _("This project will not be deleted: %(title)s"),
            _("This project will not be deleted"),
        )
        what = [Paragraph(_("A lead has decided to keep it. Everything in it stays."))]
    else:
        subject, heading = _("This project will be deleted: %(title)s"), _("This project will be deleted")
        due = datetime.fromisoformat(str(notification.details["due_at"]))
        lost = _(
            "Files, discussions, date polls, notes, decisions and actions, agendas, chat, questions and polls, "
            "slides, the project sheet, history and recordings will be deleted on that day and cannot be "
            "restored. Save what you need before then."
        )
        what = [Paragraph(day_in_words(localtime(due)), title=_("Deletion date")), Paragraph(lost)]
    return EmailContent(
        kind=notification.kind,
        subject=subject % {"title": title},
        heading=heading,
        language=language,
        opening=(
            *title_paragraphs(project.title, language),
            *what,
            *done_by(by, _("Decided by: %(name)s")),
        ),
        button=Link(_("Open the project room"), absolute(reverse("project_room", args=[project.pk]))),
        footer=footer(
            reason_for_mail=_("You’re getting this email because you are a member of this project room.")
        ),
    )


def _export_ready(notification: Notification, language: str) -> EmailContent | None:
    project = notification.project
    if project is None:
        return None
    what = _("One archive with all that is in the project, readable without this service.")
    title = in_language(project.title, language).text
    return EmailContent(
        kind=notification.kind,
        subject=_("Your export is ready: %(title)s") % {"title": clean(title, LONGEST_NAME)},
        heading=_("Your export is ready"),
        language=language,
        opening=(*title_paragraphs(project.title, language), Paragraph(what)),
        button=Link(_("Open the export page"), absolute(reverse("project_export", args=[project.pk]))),
        paragraphs=(Paragraph(_("Project leads can download it for seven days. Then it is deleted.")),),
        footer=footer(reason_for_mail=_("You’re getting this email because you asked for this export.")),
    )


def _date_poll(notification: Notification, language: str) -> EmailContent | None:
    poll, person = notification.date_poll, notification.person
    if poll is None or person is None:
        return None
    title = in_language(poll.title, language).text
    is_reminder = bool(notification.details.get("is_reminder"))
    zone = get_current_timezone_name()
    subject = (
        _("Reminder: when can you meet? %(title)s") if is_reminder else _("When can you meet? %(title)s")
    )
    times = [
        Paragraph(
            time_range(one.starts_at, one.ends_at, zone), title=_("Proposed times") if number == 0 else ""
        )
        for number, one in enumerate(poll.times.order_by("starts_at", "minutes"))
    ]
    return EmailContent(
        kind=notification.kind,
        subject=subject % {"title": clean(title, LONGEST_NAME)},
        heading=_("Which of these times suit you?"),
        language=language,
        opening=(
            *title_paragraphs(poll.title, language),
            Paragraph(with_language(in_language(poll.project.title, language)), title=_("Project")),
            *times,
            Paragraph(zones.label(zone), title=_("Time zone")),
            Paragraph(day_in_words(_last_day_of(poll)), title=_("Answer by")),
        ),
        button=Link(_("Answer"), absolute(date_poll_link(person, poll))),
        button_note=_("You don’t have to sign in for this."),
        footer=footer(
            reason_for_mail=_("You’re getting this email because you are a member of this project room.")
        ),
    )


def _date_poll_over(notification: Notification, language: str) -> EmailContent | None:
    poll = notification.date_poll
    if poll is None:
        return None
    title, zone = in_language(poll.title, language).text, get_current_timezone_name()
    counts = [
        Paragraph(
            _("%(able)s can make it, %(maybe)s if need be")
            % {"able": one.able, "maybe": one.able_if_need_be},
            title=time_range(one.row.starts_at, one.row.ends_at, zone),
        )
        for one in results_of(poll)
    ]
    page = reverse("date_poll", args=[poll.project_id, poll.pk])
    return EmailContent(
        kind=notification.kind,
        subject=_("Choose a time: %(title)s") % {"title": clean(title, LONGEST_NAME)},
        heading=_("The answers are in: choose a time"),
        language=language,
        opening=(*title_paragraphs(poll.title, language), *counts),
        button=Link(_("Choose a time"), absolute(page)),
        paragraphs=(
            Paragraph(
                _(
                    "If no one chooses a time before the last one has passed, "
                    "the poll ends automatically without a meeting."
                )
            ),
        ),
        footer=footer(
            reason_for_mail=_(
                "You’re getting this email because you started this date poll or lead the project."
            )
        ),
    )


def _partner_confirm(notification: Notification, language: str) -> EmailContent | None:
    request = notification.sheet_request
    if request is None:
        return None
    return EmailContent(
        kind=notification.kind,
        subject=_("Confirm your message to the project"),
        heading=_("Confirm your message to the project"),
        language=language,
        opening=(
            *title_paragraphs(request.sheet.title, language),
            Paragraph(_("Your message will be sent once you confirm it. The link works for 3 days.")),
        ),
        button=Link(_("Send my message"), absolute(partner_request_link(request))),
        paragraphs=(
            Paragraph(_("If you didn’t write it, you can ignore this email. The message will not be sent.")),
        ),
        footer=footer(
            reason_for_mail=_("You’re getting this email because this address was entered on our site.")
        ),
    )


def _partner_request(notification: Notification, language: str) -> EmailContent | None:
    request = notification.sheet_request
    if request is None:
        return None
    sender = ", ".join(part for part in (request.name, request.company_name) if part)
    page = reverse("partner_request", args=[request.sheet.project_id, request.pk])
    return EmailContent(
        kind=notification.kind,
        subject=_("Contact request: %(name)s") % {"name": clean(sender, LONGEST_NAME)},
        heading=_("Someone has written to your project"),
        language=language,
        opening=(
            *title_paragraphs(request.sheet.title, language),
            Paragraph(sender, title=_("From")),
            *prose(request.text),
        ),
        button=Link(_("Read and answer"), absolute(page)),
        footer=footer(reason_for_mail=_("You’re getting this email because you lead this project.")),
    )


def _partner_answer(notification: Notification, language: str) -> EmailContent | None:
    """With the address of whoever answered, for they have agreed to that by answering."""
    request = notification.sheet_request
    if request is None or request.answered_at is None:
        return None
    by = request.answered_by
    sender = f"{by} <{email_addresses.readable(by.email)}>" if by is not None and by.email else ""
    return EmailContent(
        kind=notification.kind,
        subject=_("Answer from the project: %(title)s")
        % {"title": clean(in_language(request.sheet.title, language).text, LONGEST_NAME)},
        heading=_("The project has answered your message"),
        language=language,
        opening=(
            *title_paragraphs(request.sheet.title, language),
            *([Paragraph(sender, title=_("From"))] if sender else []),
            *prose(request.answer),
        ),
        button=Link(_("Looking for partners"), absolute(reverse("partner_offers"))),
        footer=footer(
            reason_for_mail=_("You’re getting this email because you wrote to this project on our site.")
        ),
    )


def _last_day_of(poll: DatePoll) -> date:
    """In the poll's time zone, where it ends at midnight."""
    return (poll.closes_at.astimezone(zones.zone(poll.timezone)) - timedelta(seconds=1)).date()


_COMPOSERS: dict[Notification.Kind, Callable[[Notification, str], EmailContent | None]] = {
    Kind.ACTION_DUE: _action_due,
    Kind.PROJECT_DELETION: _project_deletion,
    Kind.EXPORT_READY: _export_ready,
    Kind.POST: compose_post,
    Kind.POSTS: compose_posts,
    Kind.DATE_POLL: _date_poll,
    Kind.DATE_POLL_OVER: _date_poll_over,
    Kind.PARTNER_CONFIRM: _partner_confirm,
    Kind.PARTNER_REQUEST: _partner_request,
    Kind.PARTNER_ANSWER: _partner_answer,
}
