"""Uploaded pictures of meetings, programmes and people, for those who see a page that shows them."""

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from companies.views.pictures import picture_response
from meetings import access


@require_safe
def person_picture(request: HttpRequest, file_name: str) -> HttpResponseBase:
    shown = access.picture_of_person(access.visitor_of(request), file_name)
    return picture_response(shown.file, is_public=shown.is_public)


@require_safe
def meeting_cover(request: HttpRequest, file_name: str, *, is_small: bool = False) -> HttpResponseBase:
    shown = access.cover_of_meeting(access.visitor_of(request), file_name)
    return picture_response(shown.file, is_public=shown.is_public, is_small=is_small)


@require_safe
def programme_picture(request: HttpRequest, file_name: str, *, is_small: bool = False) -> HttpResponseBase:
    shown = access.picture_of_programme(access.visitor_of(request), file_name)
    return picture_response(shown.file, is_public=shown.is_public, is_small=is_small)
