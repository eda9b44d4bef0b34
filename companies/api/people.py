"""The person for whom a program acts."""

from django.http import HttpRequest

from api.auth import token_of
from companies.models import Person


def caller(request: HttpRequest) -> Person:
    """Raises AuthenticationError where no token has come past its scope."""
    return token_of(request).person
