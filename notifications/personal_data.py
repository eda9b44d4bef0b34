"""The personal data of the outbox, and the last emails of an account that is erased.

The row of the person loses its address in the transaction that erases it. What must still leave is sent to a copy of
the address, which is forgotten as soon as nothing of it waits any more.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from companies import erasing
from companies.models import Person
from companies.personal_data import (
    Export,
    RetentionRule,
    register,
    register_impersonal,
    register_leaving,
    register_retention,
)
from companies.retention import delete_in_batches, months_before
from notifications import pushing, subscribing, suppressing
from notifications.models import (
    ContactMessage,
    DigestSchedule,
    EmailText,
    HostMessage,
    InboundMail,
    InboundMailbox,
    LastAddress,
    MailServer,
    Newsletter,
    NewsletterRequest,
    Notification,
    NotificationQuerySet,
    PushMessage,
    PushSubscription,
    SuppressedAddress,
)

Kind, State = Notification.Kind, Notification.State
KEPT_FOR = timedelta(days=3)  # an address whose emails cannot be delivered
ADDRESSES_PER_RUN = 100
INBOUND_KEPT_FOR = timedelta(days=30)  # within that an email that comes again is recognised
MESSAGES_KEPT_FOR = timedelta(days=90)


def register_all() -> None:
    _register_emails()
    _register_correspondence()
    _register_browsers()
    _register_what_the_secretariat_writes()
    register_impersonal("how far a mailbox was read", InboundMailbox)
    register_impersonal("whether a mail server can be reached", MailServer)
    register_leaving(plan_last_email)
    _register_periods()


def _register_emails() -> None:
    register(
        Notification,
        "emails",
        export=Export(
            rows=lambda person: Notification.objects.filter(person=person).select_related("meeting"),
            columns=["kind", "meeting", "state", "due_at", "sent_at", "created_at"],
            title=_("Emails sent to you"),
        ),
        erase=erase_notifications,
        without=dict.fromkeys(
            [
                *("person", "registration", "recording", "revision", "minutes_before", "dedupe_key"),
                *("details", "put_off_until", "urgency", "attempts", "claimed_at", "claimed_by", "begun_at"),
                *(
                    "failure",
                    "drop_reason",
                    "invitation",
                    "company",
                    "project",
                    "action",
                    "post",
                    "date_poll",
                    "sheet_request",
                    "contact",
                    "caused_by",
                    "contact_message",
                    "inbound_mail",
                    "question",
                    "goes_with",
                    "host_message",
                    "newsletter",
                    "newsletter_request",
                ),
            ],
            "how it is sent",
        ),
    )
    register(
        LastAddress,
        "last_address",
        why_not_exported="there is none as long as there is an account",
        why_not_erased="the address for the last emails: forgotten when they have left, or after three days",
    )


def _register_correspondence() -> None:
    register(
        ContactMessage,
        "contact_messages",
        export=Export(
            rows=lambda person: ContactMessage.objects.filter(email=person.email),
            columns=["name", "email", "company_name", "language", "text", "created_at"],
            title=_("Messages from the contact page"),
        ),
        without=dict.fromkeys(["answered_at", "answered_by"], "how the secretariat works on it"),
        # Also one that was not sent yet: whoever leaves expects no answer.
        erase=lambda person, _now: ContactMessage.objects.filter(email=person.email).delete(),
    )
    register(
        InboundMail,
        "received_emails",
        export=Export(
            rows=lambda person: InboundMail.objects.filter(person=person).select_related("meeting"),
            columns=["kind", "meeting", "sender", "sender_name", "text", "attachments", "received_at"],
            title=_("Received emails about you"),
        ),
        erase=lambda person, _now: InboundMail.objects.filter(person=person).delete(),
        without={
            "key": "stands for the email",
            "person": "the person",
            "problem": "why it could not be read",
            "is_forged": "what the mail server found out about the sender",
            "content": "an email that could not be read, which may be anybody’s",
        },
    )
    register(
        SuppressedAddress,
        "suppressed_address",
        export=Export(
            rows=lambda person: SuppressedAddress.objects.filter(email=person.email),
            columns=["email", "reason", "detail", "since"],
            title=_("Why emails to you aren’t being sent"),
        ),
        erase=lambda person, _now: SuppressedAddress.objects.filter(email=person.email).delete(),
    )
    register(
        DigestSchedule,
        "weekly_email",
        why_not_exported="when the weekly email is sent next; that it is wanted is in the profile",
        erase=lambda person, _now: DigestSchedule.objects.filter(person=person).delete(),
    )
    register(
        HostMessage,
        "messages_to_participants",
        export=Export(
            rows=lambda person: HostMessage.objects.filter(sender=person).select_related("meeting"),
            columns=["id", "meeting", "audience", "subject", "text", "is_urgent", "created_at"],
            title=_("Messages that you wrote to participants"),
        ),
        without={"sender": "the person"},
        # The text belongs to those who got it, as long as the record of their emails.
        erase=lambda person, _now: HostMessage.objects.filter(sender=person).update(sender=None),
    )


def _register_browsers() -> None:
    register(
        PushSubscription,
        "browsers_to_notify",
        export=Export(
            rows=lambda person: PushSubscription.objects.filter(person=person),
            columns=["browser", "created_at"],
            title=_("Browsers that show notifications"),
        ),
        erase=lambda person, _now: PushSubscription.objects.filter(person=person).delete(),
        without={
            "person": "the person",
            "session": "which of the sessions it was",
            **dict.fromkeys(
                ["endpoint", "p256dh", "auth"], "a secret: whoever has them can send to the browser"
            ),
        },
    )
    register(
        PushMessage,
        "browser_notifications",
        export=Export(
            rows=lambda person: PushMessage.objects.filter(subscription__person=person).select_related(
                "meeting"
            ),
            columns=["meeting", "state", "due_at", "sent_at"],
            title=_("Notifications in your browsers"),
        ),
        erase=lambda person, _now: PushMessage.objects.filter(subscription__person=person).delete(),
        without=dict.fromkeys(
            [
                *("subscription", "notification", "registration", "dedupe_key", "next_at", "attempts"),
                *("claimed_at", "failure"),
            ],
            "how it is sent",
        ),
    )


def _register_what_the_secretariat_writes() -> None:
    register(
        Newsletter,
        "newsletters",
        export=Export(
            rows=lambda person: Newsletter.objects.filter(sender=person),
            columns=["id", "is_test", "subject", "introduction", "articles", "created_at"],
            title=_("Newsletters that you sent"),
        ),
        without={"sender": "the person"},
        erase=lambda person, _now: Newsletter.objects.filter(sender=person).update(sender=None),
    )
    register(
        NewsletterRequest,
        "newsletter_request",
        export=Export(
            rows=lambda person: NewsletterRequest.objects.filter(email=person.email),
            columns=["email", "language", "requested_at"],
            title=_("Your request for the newsletter"),
        ),
        without={"id": "part of the link that confirms it"},
        erase=lambda person, _now: NewsletterRequest.objects.filter(email=person.email).delete(),
    )
    register(
        EmailText,
        "texts_of_emails",
        export=Export(
            rows=lambda person: EmailText.objects.filter(written_by=person),
            columns=["kind", "language", "subject", "introduction", "closing", "written_at", "used_at"],
            title=_("Email texts that you wrote"),
        ),
        without={"written_by": "the person"},
        # The text belongs to the service.
        erase=lambda person, _now: EmailText.objects.filter(written_by=person).update(written_by=None),
    )


def _register_periods() -> None:
    register_retention(RetentionRule("emails", delete_old_notifications))
    register_retention(RetentionRule("messages of hosts", delete_old_host_messages))
    register_retention(RetentionRule("former texts of emails", delete_old_texts))
    register_retention(RetentionRule("newsletters", delete_old_newsletters))
    register_retention(RetentionRule("requests for the newsletter", subscribing.delete_lapsed))
    register_retention(RetentionRule("browser notifications", pushing.delete_old))
    register_retention(RetentionRule("contact messages", delete_old_contact_messages))
    register_retention(RetentionRule("received emails", delete_old_inbound_mails))
    register_retention(RetentionRule("suppressed addresses", suppressing.end_old))


def plan_last_email(person: Person, now: datetime, is_notified: bool) -> None:  # noqa: FBT001 - a step of leaving
    """Runs after the steps of meetings, so that it is the last of all."""
    if person.erased_at is not None or not is_notified:
        return
    LastAddress.objects.create(
        person=person,
        email=person.email,
        language=person.language,
        timezone=person.timezone,
        kept_until=now + KEPT_FOR,
    )
    Notification.objects.create(
        kind=Kind.ACCOUNT_DELETED, person=person, dedupe_key="account", due_at=now, created_at=now
    )


def erase_notifications(person: Person, _now: datetime) -> None:
    """All but the last emails that still have to leave: cancellations of calendar events, and the notice itself."""
    own = Notification.objects.filter(person=person)
    if LastAddress.objects.filter(person=person).exists():
        own.exclude(pk__in=_last_emails(person).values("pk")).delete()
    else:
        own.delete()


def _last_emails(person: Person) -> NotificationQuerySet:
    under_way = Notification.objects.filter(person=person, state__in=[State.WAITING, State.SENDING])
    of_calendar = under_way.filter(kind=Kind.WITHDRAWN, details__calendar=True)
    return of_calendar | under_way.filter(kind=Kind.ACCOUNT_DELETED)


def forget_last_addresses(*, now: datetime) -> int:
    """Erases once more, this time for good, whoever has no email under way. Returns how many."""
    keys = list(LastAddress.objects.order_by("kept_until").values_list("pk", flat=True)[:ADDRESSES_PER_RUN])
    return sum(_forget(key, now) for key in keys)


@transaction.atomic
def _forget(person_id: int, now: datetime) -> bool:
    person = Person.objects.select_for_update().filter(pk=person_id).first()
    last = LastAddress.objects.filter(pk=person_id).first()
    if person is None or last is None or (last.kept_until > now and _last_emails(person).exists()):
        return False
    last.delete()
    erasing.erase_person(person=person, now=now)
    erasing.delete_unneeded(person=person)
    return True


def delete_old_contact_messages(now: datetime, limit: int) -> int:
    """All but those that still have to reach the operator's mailbox."""
    under_way = Notification.objects.filter(
        contact_message=OuterRef("pk"), state__in=[State.WAITING, State.SENDING]
    )
    old = ContactMessage.objects.filter(~Exists(under_way), created_at__lt=now - MESSAGES_KEPT_FOR)
    return delete_in_batches(old.order_by("created_at", "pk"), limit)


def delete_old_notifications(now: datetime, limit: int) -> int:
    """Finished ones, RETENTION_EMAIL_MONTHS after they were due; those of a meeting still to come stay."""
    cutoff = months_before(now, settings.RETENTION_EMAIL_MONTHS)
    finished = [State.SENT, State.DROPPED, State.FAILED, State.DOUBTFUL]
    old = Notification.objects.filter(state__in=finished, due_at__lt=cutoff)
    return delete_in_batches(old.exclude(meeting__ends_at__gt=now).order_by("due_at", "pk"), limit)


def delete_old_host_messages(now: datetime, limit: int) -> int:
    """With the record of who got them."""
    cutoff = months_before(now, settings.RETENTION_EMAIL_MONTHS)
    old = HostMessage.objects.filter(created_at__lt=cutoff).exclude(meeting__ends_at__gt=now)
    return delete_in_batches(old.order_by("created_at", "pk"), limit)


def delete_old_newsletters(now: datetime, limit: int) -> int:
    """With the record of who got them."""
    old = Newsletter.objects.filter(created_at__lt=months_before(now, settings.RETENTION_EMAIL_MONTHS))
    return delete_in_batches(old.order_by("created_at", "pk"), limit)


def delete_old_texts(now: datetime, limit: int) -> int:
    """What is not in use any more, and drafts."""
    cutoff = months_before(now, settings.RETENTION_EMAIL_MONTHS)
    in_use = EmailText.objects.in_use().values("pk")
    old = EmailText.objects.filter(written_at__lt=cutoff).exclude(pk__in=in_use)
    return delete_in_batches(old.order_by("written_at", "pk"), limit)


def delete_old_inbound_mails(now: datetime, limit: int) -> int:
    """All but those whose text still has to be forwarded."""
    under_way = Notification.objects.filter(
        inbound_mail=OuterRef("pk"), state__in=[State.WAITING, State.SENDING]
    )
    old = InboundMail.objects.filter(~Exists(under_way), received_at__lt=now - INBOUND_KEPT_FOR)
    return delete_in_batches(old.order_by("received_at", "pk"), limit)
