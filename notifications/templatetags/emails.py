"""What the emails of a meeting have to say on its host's page."""

from django import template

from meetings.models import Meeting
from notifications import delivery_report

register = template.Library()


@register.simple_tag
def undelivered_emails(meeting: Meeting) -> int:
    return delivery_report.all_not_arrived(meeting).count()
