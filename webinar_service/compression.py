"""Pages are sent compressed, also where no proxy does so."""

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class PageCompressionMiddleware(GZipMiddleware):
    """Pages only: the API's ETags stay strong, and files are compressed already.

    Django adds up to a hundred random bytes to each answer, so that its length hardly tells what is in it (BREACH). A
    proxy that compresses would not, and leaves alone what is compressed.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not response.headers.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)
