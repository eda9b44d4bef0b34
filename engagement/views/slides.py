"""Pictures and files of slides, by the signed addresses that people in the room are given. No query for a picture."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from engagement.attachments import attachment, filename_of
from engagement.slides import describing, files, links
from engagement.slides.models import SlideDeck, slides_storage
from engagement.slides.rendering import SIZES

KEPT = 12 * 60 * 60  # seconds in the browser


@require_safe
def slide_picture(_request: HttpRequest, ticket: str, size: str) -> HttpResponse:
    found = links.picture_of(ticket)
    if found is None or size not in SIZES:
        raise Http404
    try:
        with slides_storage().open(files.picture_file(*found, size)) as picture:
            response = HttpResponse(picture.read(), content_type="image/webp")
    except FileNotFoundError as error:
        raise Http404 from error
    response.headers["Cache-Control"] = f"private, max-age={KEPT}, immutable"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
def slides_download(request: HttpRequest, ticket: str) -> HttpResponseBase:
    deck = describing.deck_by_ticket(ticket)
    if deck is None:
        raise Http404
    return pdf_of(request, deck)


def pdf_of(request: HttpRequest, deck: SlideDeck) -> HttpResponseBase:
    name = filename_of(deck.title, ".pdf")
    source = files.source_name(deck.pk)
    return attachment(request, slides_storage(), source, filename=name, content_type="application/pdf")
