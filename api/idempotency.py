"""Repeated and concurrent requests: Idempotency-Key on POST, ETag and If-Match on PATCH."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja.responses import NinjaJSONEncoder

from api.auth import valid_token
from api.models import ApiToken, IdempotentAnswer
from api.problems import Problem, problem_response

View = Callable[..., HttpResponse]
KEPT = timedelta(days=2)  # answers may contain names and addresses
LONGEST_KEY = 200


def idempotent(view: View) -> View:
    """For `decorate_view`: the same key and body again get the first answer; the key with another body is 422.

    Key, action and answer are one transaction: a process that dies leaves none of them, and a concurrent request with
    the same key waits for the first. After a refusal or a failure the key may be used again.
    """

    @wraps(view)
    def run_once(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key, token = request.headers.get("Idempotency-Key", "").replace("\x00", ""), bearer_token(request)
        if not key or token is None:
            return view(request, *args, **kwargs)
        if len(key) > LONGEST_KEY:
            message = _("A key can have at most %(number)d characters.") % {"number": LONGEST_KEY}
            return problem_response(request, Problem(422, message, {"Idempotency-Key": [message]}))
        fingerprint = fingerprint_of(request)
        with transaction.atomic():
            answer = claim(token, key, fingerprint)
            if answer is not None:
                response = view(request, *args, **kwargs)
                store_answer(answer, response)
                return response
        return replay(request, token, key, fingerprint)

    return run_once


def bearer_token(request: HttpRequest) -> ApiToken | None:
    scheme, _space, key = request.headers.get("Authorization", "").partition(" ")
    return valid_token(key.strip(), timezone.now()) if scheme.lower() == "bearer" else None


def fingerprint_of(request: HttpRequest) -> str:
    return hashlib.sha256(b"\n".join([request.get_full_path().encode(), request.body])).hexdigest()


def claim(token: ApiToken, key: str, fingerprint: str) -> IdempotentAnswer | None:
    """None when the key is used; waits while another request holds it."""
    now = timezone.now()
    IdempotentAnswer.objects.filter(token=token, created_at__lt=now - KEPT).delete()
    try:
        with transaction.atomic():
            return IdempotentAnswer.objects.create(
                token=token, key=key, fingerprint=fingerprint, created_at=now
            )
    except IntegrityError:
        return None


def replay(request: HttpRequest, token: ApiToken, key: str, fingerprint: str) -> HttpResponse:
    answer = IdempotentAnswer.objects.filter(token=token, key=key).first()
    if answer is None or answer.status is None:
        return problem_response(
            request,
            Problem(409, _("The first request with this key is still in progress."), code="in_progress"),
        )
    if answer.fingerprint != fingerprint:
        return problem_response(
            request,
            Problem(
                422,
                _("This Idempotency-Key has already been used for a different request."),
                code="key_reused",
            ),
        )
    response = JsonResponse(answer.body, status=answer.status, safe=False)
    response["Idempotent-Replayed"] = "true"
    return response


def store_answer(answer: IdempotentAnswer, response: HttpResponse) -> None:
    if response.status_code >= 300:
        transaction.set_rollback(True)
        return
    answer.status, answer.body = response.status_code, json.loads(response.content or b"null")
    answer.save(update_fields=["status", "body"])


def etag_of(shown: Any) -> str:
    raw = json.dumps(shown, cls=NinjaJSONEncoder, sort_keys=True)
    return f'"{hashlib.sha256(raw.encode()).hexdigest()[:32]}"'


def is_current(request: HttpRequest, shown: Any) -> bool:
    """If-Match (RFC 9110, 13.1.1): False when the caller has read another version."""
    condition = request.headers.get("If-Match", "")
    return (
        not condition or condition == "*" or etag_of(shown) in [tag.strip() for tag in condition.split(",")]
    )
