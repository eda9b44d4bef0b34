"""The person on whose behalf a program calls."""

from django.http import HttpRequest

from api.auth import token_of
from companies.models import Person


def caller(request: HttpRequest) -> Person:
    """The person of the request's token; raises AuthenticationError when no token was checked."""
    return token_of(request).person
