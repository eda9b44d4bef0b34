"""Who asks, and with what, for every view."""

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict

from companies.models import Person


def person_of(request: HttpRequest) -> Person | None:
    """The signed-in person, or None for a guest."""
    return request.user if isinstance(request.user, Person) and request.user.is_active else None


def sent_in(
    request: HttpRequest,
) -> tuple[QueryDict, MultiValueDict[str, UploadedFile[bytes]]] | tuple[None, None]:
    """Data and files for a form: of a POST, even an empty one, which a form then judges; else nothing is bound."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)
