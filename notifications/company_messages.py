"""The content of emails about contact requests to companies, in the active language."""

from collections.abc import Callable

from django.urls import reverse
from django.utils.translation import gettext as _

from companies import email_addresses
from matchmaking.models import ContactRequest
from notifications.email_content import EmailContent, Link, Paragraph, absolute, footer
from notifications.links import contact_answer_link, contact_request_link
from notifications.mime import LONGEST_NAME, clean
from notifications.models import Notification
from notifications.snippets import prose

Kind = Notification.Kind


def compose_about_contact(notification: Notification, language: str) -> EmailContent | None:
    """None for other kinds, and when the row lacks what its kind is about."""
    compose = _COMPOSERS.get(Kind(notification.kind))
    request = notification.contact
    return compose(notification, request, language) if compose and request else None


def _confirm(notification: Notification, request: ContactRequest, language: str) -> EmailContent:
    return EmailContent(
        kind=notification.kind,
        subject=_("Confirm your message: %(company)s") % {"company": request.company.name},
        heading=_("Confirm your message to a company"),
        language=language,
        opening=(
            Paragraph(request.company.name, is_name=True),
            Paragraph(_("Your message will be sent once you confirm it. The link works for 3 days.")),
        ),
        button=Link(_("Send my message"), absolute(contact_request_link(request))),
        paragraphs=(
            Paragraph(_("If you didn’t write it, you can ignore this email. The message will not be sent.")),
        ),
        footer=footer(
            reason_for_mail=_("You’re getting this email because this address was entered on our site.")
        ),
    )


def _arrived(notification: Notification, request: ContactRequest, language: str) -> EmailContent | None:
    if notification.person is None:
        return None
    page = Link(_("All contact requests"), absolute(reverse("contact_requests")))
    return EmailContent(
        kind=notification.kind,
        subject=_("Contact request: %(name)s") % {"name": clean(request.sender, LONGEST_NAME)},
        heading=_("Someone has written to your company"),
        language=language,
        opening=(
            Paragraph(request.company.name, is_name=True),
            Paragraph(request.sender, title=_("From")),
            Paragraph(request.get_reason_display(), title=_("What it is about")),
            *prose(request.text),
        ),
        button=Link(_("Read and answer"), absolute(contact_answer_link(notification.person, request))),
        button_note=_("You don’t have to sign in for this."),
        paragraphs=(
            Paragraph(
                _(
                    "They see your name and address only if you accept. "
                    "You can also decline, or block and report the sender."
                ),
                link=page,
            ),
        ),
        footer=footer(
            reason_for_mail=_("You’re getting this email because you answer for this company on our site.")
        ),
    )


def _answered(notification: Notification, request: ContactRequest, language: str) -> EmailContent | None:
    """With the address of whoever accepted, for they have agreed to that by accepting."""
    if request.state == ContactRequest.State.WAITING:
        return None
    by, accepted = request.answered_by, request.state == ContactRequest.State.ACCEPTED
    sender = f"{by} <{email_addresses.readable(by.email)}>" if accepted and by and by.email else ""
    # Not that it does not know the address: it may, from an earlier request or as a host.
    declined = Paragraph(
        _("The company does not want to take this further. We passed on your message without your address.")
    )
    return EmailContent(
        kind=notification.kind,
        subject=(_("Answer from %(company)s") if accepted else _("Your message was declined: %(company)s"))
        % {"company": request.company.name},
        heading=_("The company has answered your message") if accepted else _("Your message was declined"),
        language=language,
        opening=(
            Paragraph(request.company.name, is_name=True),
            *([Paragraph(sender, title=_("From"))] if sender else []),
            *([] if accepted else [declined]),
            *prose(request.answer),
        ),
        button=Link(_("Find a company"), absolute(reverse("directory"))),
        footer=footer(
            reason_for_mail=_("You’re getting this email because you wrote to this company on our site.")
        ),
    )


_COMPOSERS: dict[Notification.Kind, Callable[[Notification, ContactRequest, str], EmailContent | None]] = {
    Kind.COMPANY_CONFIRM: _confirm,
    Kind.COMPANY_REQUEST: _arrived,
    Kind.COMPANY_ANSWER: _answered,
}
