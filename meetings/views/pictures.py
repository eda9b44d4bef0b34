"""Uploaded pictures of people, for those who see a page that shows them."""

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from companies.views.pictures import picture_response
from meetings import access


@require_safe
def person_picture(request: HttpRequest, file_name: str) -> HttpResponseBase:
    shown = access.picture_of_person(access.visitor_of(request), file_name)
    return picture_response(shown.file, is_public=shown.is_public)
