"""API tokens: whose, still valid, and with which scope."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from ninja.errors import AuthenticationError
from ninja.security import HttpBearer

from api.models import ApiToken
from api.problems import no_scope


class Scope(HttpBearer):
    """`auth=Scope("meetings:read")`: requires a valid token with that scope; the operation reads it with `token_of`."""

    openapi_description = (
        "A token from the operator: `manage.py api_token EMAIL --scope SCOPE`, printed once."
    )

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        found = valid_token(token, timezone.now())
        if found is None:
            return None
        if self.scope not in found.scopes:
            raise no_scope(self.scope)
        return found


def valid_token(key: str, now: datetime) -> ApiToken | None:
    tokens = ApiToken.objects.select_related("person", "person__company")
    found = tokens.filter(key_hash=ApiToken.hash_of(key), revoked_at=None, person__is_active=True).first()
    if found is not None:
        unmarked = Q(last_used_at=None) | Q(last_used_at__lt=now - timedelta(minutes=1))
        ApiToken.objects.filter(unmarked, pk=found.pk).update(last_used_at=now)
    return found


def token_of(request: HttpRequest) -> ApiToken:
    """The token of a request that Scope has authenticated."""
    found: Any = getattr(request, "auth", None)
    if not isinstance(found, ApiToken):
        raise AuthenticationError
    return found
