"""What people write in reply to an email with a calendar event: forwarded to whom replies go, through the outbox."""

from datetime import datetime, timedelta

from django.conf import settings

from notifications.inbound.authentication import is_forged
from notifications.inbound.messages import IncomingMail
from notifications.inbound.texts import without_personal_links, written_text
from notifications.models import InboundMail, Notification
from notifications.rendering import host_who_gets_replies

MOST_A_DAY = 20  # of one person about one meeting; more are kept and not forwarded


def forward(mail: IncomingMail, row: InboundMail, *, now: datetime) -> Notification | None:
    """To the host who wants replies, else to the operator. `row` is saved, and its caller saves it again."""
    row.text = without_personal_links(written_text(mail), settings.SITE_URL) or "–"
    row.sender_name = mail.sender[0][:120]
    row.attachments = sum(part.is_attachment for part in mail.parts)
    row.is_forged = is_forged(mail)
    if _forwarded_today(row, now) >= MOST_A_DAY:
        return None
    host = host_who_gets_replies(row.meeting) if row.meeting is not None else None
    return Notification.objects.create(
        kind=Notification.Kind.REPLY,
        person=host,
        inbound_mail=row,
        dedupe_key=f"reply:{row.pk[:64]}",
        due_at=now,
        created_at=now,
    )


def _forwarded_today(row: InboundMail, now: datetime) -> int:
    recent = InboundMail.objects.filter(
        person=row.person_id, meeting=row.meeting_id, kind=InboundMail.Kind.MESSAGE
    )
    return recent.filter(received_at__gt=now - timedelta(days=1)).exclude(pk=row.pk).count()
