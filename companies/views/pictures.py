"""Answers with an uploaded picture, whose name is a hash of its content."""

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpResponseBase

from companies.pictures import small_name

A_YEAR = 365 * 24 * 3600


def picture_response(file: FieldFile, *, is_public: bool, is_small: bool = False) -> HttpResponseBase:
    """`is_public`: everybody may see it, so that caches between the service and the browser may keep it."""
    name = str(file.name)
    try:
        content = file.storage.open(small_name(name) if is_small else name, "rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(content, content_type="image/webp")
    response["Cache-Control"] = f"{'public' if is_public else 'private'}, max-age={A_YEAR}, immutable"
    return response
