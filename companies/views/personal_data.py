"""A person's own data: have it as a file, or delete the account."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from tempfile import TemporaryFile
from typing import IO

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from companies import erasing, exporting, personal_data
from companies.forms import DeleteAccountForm
from companies.models import Person
from companies.views.request_person import login_required_to_post, submitted_data

FRESH_FOR = 15 * 60  # seconds after signing in, in which an account can be deleted
BLOCK = 256 * 1024


@never_cache
@require_safe
@login_required
def your_data(request: HttpRequest) -> HttpResponse:
    return render(request, "companies/your_data.html", {"person": request.user})


@login_required_to_post
@require_POST
def export_data(request: HttpRequest) -> HttpResponseBase:
    """A ZIP file, written to the disk and sent from there."""
    assert isinstance(request.user, Person)  # noqa: S101 - login_required_to_post has seen to it
    try:
        exporting.refuse_too_often(request.user)
    except exporting.UnableToExport as refusal:
        messages.error(request, refusal.message)
        return redirect("your_data")
    file = TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115 - closed when it is sent
    exporting.write_export(person=request.user, to=file, now=timezone.now())
    size = file.tell()
    file.seek(0)
    parts = _async_blocks(file) if isinstance(request, ASGIRequest) else _blocks(file)
    response = StreamingHttpResponse(parts, content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="my-data.zip"'
    response["Content-Length"] = str(size)
    response["Cache-Control"] = "private, no-store"
    return response


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while block := file.read(BLOCK):
            yield block


async def _async_blocks(file: IO[bytes]) -> AsyncIterator[bytes]:
    """Under ASGI Django would read a synchronous iterator into memory."""
    blocks = _blocks(file)
    try:
        while (block := await asyncio.to_thread(next, blocks, None)) is not None:
            yield block
    finally:
        await asyncio.to_thread(file.close)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def delete_account(request: HttpRequest) -> HttpResponse:
    """Says what is deleted and what remains; asks for a fresh sign-in and the typed address."""
    assert isinstance(request.user, Person)  # noqa: S101 - login_required has seen to it
    person = request.user
    is_fresh = _has_just_signed_in(request, person)
    form = DeleteAccountForm(submitted_data(request)[0], email=person.email)
    obstacles = personal_data.obstacles(person, timezone.now())
    if request.method == "POST" and is_fresh and form.is_valid():
        try:
            erasing.erase_person(person=person, now=timezone.now())
        except erasing.UnableToErase as refusal:
            obstacles = refusal.obstacles
        else:
            logout(request)
            messages.success(
                request, _("Your account has been deleted. We’re sending you a last email to confirm it.")
            )
            return redirect("home")
    context = {
        "person": person,
        "form": form,
        "obstacles": obstacles,
        "is_fresh": is_fresh,
        "sign_in": f"{reverse('account_login')}?next={reverse('delete_account')}",
    }
    refused = request.method == "POST"
    return render(request, "companies/delete_account.html", context, status=422 if refused else 200)


def _has_just_signed_in(request: HttpRequest, person: Person) -> bool:
    """In this browser; a stolen session does not become fresh when its owner signs in elsewhere."""
    records = get_authentication_records(request, person)
    return bool(records) and 0 <= time.time() - records[-1]["at"] < FRESH_FOR
