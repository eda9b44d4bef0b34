"""Where an outside captioner's program posts: `POST <address>&seq=7` with the text as the body, in UTF-8.

`GET <address>` answers the number of the newest post, from which a restarted program goes on. Every refusal is a
problem (RFC 9457).
"""

from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from limits import parse

from api import rate_limits
from api.problems import Problem, problem_response, too_large
from companies.text import cleaned
from engagement.realtime_text import linking
from engagement.realtime_text.messages import LONGEST
from engagement.realtime_text.models import CaptionLink

LIMIT = parse("50 per 10 second")
MOST_BYTES = 4 * LONGEST
LARGEST_NUMBER = 2**53


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def caption_link(request: HttpRequest, token: str) -> HttpResponse:
    try:
        return _answer(request, token)
    except Problem as problem:
        return problem_response(request, problem)


def _answer(request: HttpRequest, token: str) -> HttpResponse:
    try:
        link = linking.link_by_token(token)
        if request.method == "POST":
            link = _post(request, link)
    except linking.NoSuchLink as error:
        raise Problem(404, _("This caption link is not valid. Ask the host for the current one.")) from error
    except linking.UnableToPost as refusal:
        raise Problem(409, refusal.message, code=refusal.code) from refusal
    return HttpResponse(f"{link.last_seq}\n", content_type="text/plain; charset=utf-8")


def _post(request: HttpRequest, link: CaptionLink) -> CaptionLink:
    if settings.RATE_LIMITS and not rate_limits.hit(LIMIT, "captions", link.pk):
        raise _too_many()
    seq, text = _number(request), _text(request)
    return linking.post_caption(link=link, seq=seq, text=text, now=timezone.now())


def _number(request: HttpRequest) -> int | None:
    given = request.GET.get("seq")
    if given is None:
        return None
    if not (given.isascii() and given.isdecimal()) or len(given) > 16 or int(given) > LARGEST_NUMBER:
        raise Problem(422, _("Some fields are not valid."), {"seq": [_("Enter a whole number.")]})
    return int(given)


def _text(request: HttpRequest) -> str:
    try:
        raw = request.body
    except RequestDataTooBig as error:
        raise too_large() from error
    if len(raw) > MOST_BYTES:
        raise too_large()
    try:
        text = cleaned(raw.decode(), one_line=True)
    except UnicodeDecodeError as error:
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, _("Send the text in UTF-8.")) from error
    if len(text) > LONGEST:
        raise too_large()
    return text


def _too_many() -> Problem:
    problem = Problem(429, _("Too many posts to this caption link. Please wait a moment."))
    problem.headers["Retry-After"] = "10"
    return problem
