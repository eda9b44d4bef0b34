"""Who asks, for the doors of this app."""

from django.http import HttpRequest

from companies.models import Person


def person_of(request: HttpRequest) -> Person | None:
    """The signed-in person, or None for a guest."""
    return request.user if isinstance(request.user, Person) and request.user.is_active else None
