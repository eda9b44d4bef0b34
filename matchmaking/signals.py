"""What has happened here. Each is sent inside its transaction; receivers only plan what is told."""

from django.dispatch import Signal

contact_request_to_confirm = Signal()  # sender=ContactRequest, request (of a guest), now
contact_request_arrived = Signal()  # sender=ContactRequest, request, people (list of keys), now
contact_request_answered = Signal()  # sender=ContactRequest, request, now
contact_request_reported = Signal()  # sender=ContactRequest, request, by (Person), now
