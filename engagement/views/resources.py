"""Documents as they are downloaded, by whoever a page has let in."""

from django.http import Http404, HttpRequest, HttpResponseBase

from engagement.attachments import attachment, filename_of
from engagement.models import Resource
from engagement.resources.file_types import TYPES
from engagement.resources.files import name_of
from engagement.resources.models import resources_storage


def file_of(request: HttpRequest, resource: Resource | None) -> HttpResponseBase:
    """Raises Http404 for none, for a link, and when the file is gone."""
    if resource is None or resource.is_link:
        raise Http404
    return attachment(
        request,
        resources_storage(),
        name_of(resource.pk, resource.file_type),
        filename=filename_of(resource.title, f".{resource.file_type}"),
        content_type=TYPES[resource.file_type].content_type,
    )
