"""The secretariat's pages of the outbox: what is due or did not arrive, and each email itself."""

import re
from urllib.parse import urlencode

from csp.decorators import csp_update
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_safe

from companies.access import secretariat
from companies.models import Person
from companies.views.paging import page_of
from companies.views.request_person import person_of
from notifications import mailbox, outbox
from notifications.forms import OutboxFilter
from notifications.mailer import shared_mailer
from notifications.models import Notification
from notifications.views.emails import calendar_part, html_part

PER_PAGE = 50
KEY = re.compile("[0-9]{1,18}")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def outbox_page(request: HttpRequest) -> HttpResponse:
    """What did not arrive, unless something else is asked for."""
    by = secretariat(person_of(request))
    filters = OutboxFilter(request.GET)
    asked = {name: filters.value_of(name) for name in ("state", "kind")}
    asked["words"] = filters.value_of("q").strip()
    moment = now()
    if request.method == "POST":
        return _act(request, by, asked)
    found = outbox.rows(now=moment, **asked)
    context = {
        "filters": filters,
        "is_filtered": any(asked.values()),
        "page": page_of(request, "page", found, PER_PAGE),
        "figures": outbox.figures(now=moment),
        "ages": outbox.due_by_age(now=moment),
        "server": outbox.server_state(shared_mailer()),
        "most": outbox.MOST_AT_ONCE,
        "tab": "emails",
    }
    return render(request, "notifications/outbox.html", context)


def _act(request: HttpRequest, by: Person, asked: dict[str, str]) -> HttpResponse:
    """One email, by its key; or all that the filters find, up to a limit."""
    key, do = request.POST.get("email", ""), request.POST.get("do", "")
    if key == "all":
        keys = list(outbox.rows(now=now(), **asked).values_list("pk", flat=True)[: outbox.MOST_AT_ONCE])
    elif KEY.fullmatch(key):
        keys = [int(key)]
    else:
        raise Http404
    if do == "again":
        count = outbox.send_again(keys=keys, by=by, now=now())
        done = ngettext("%(count)s email will be sent again.", "%(count)s emails will be sent again.", count)
    elif do == "drop":
        count = outbox.drop(keys=keys, by=by)
        done = ngettext("%(count)s email will not be sent.", "%(count)s emails will not be sent.", count)
    else:
        raise Http404
    if count:
        messages.success(request, done % {"count": count})
    else:
        messages.info(request, _("Nothing was changed: this email was sent or dropped in the meantime."))
    return redirect(f"{request.path}?{urlencode(request.GET)}" if request.GET else request.path)


@login_required
@require_safe
@never_cache
@xframe_options_sameorigin
@csp_update({"frame-src": ["'self'"]})  # type: ignore[arg-type]  # its types know no views with arguments
def outbox_email(request: HttpRequest, key: int) -> HttpResponse:
    """As it left or would leave now, in the look of an email program, as text, and its bytes to download."""
    secretariat(person_of(request))
    row = outbox.email_row(key)
    if row is None:
        raise Http404
    lead = outbox.lead_of(row)
    try:
        content = outbox.bytes_of(lead, now=now())
    except outbox.UnableToShow:
        return _shown(request, row, lead, None)
    stored = mailbox.parsed(content, name=f"{row.pk}.eml")
    match request.GET.get("part"):
        case "html":
            return html_part(stored)
        case "calendar":
            return calendar_part(stored)
        case "source":
            response = HttpResponse(content, content_type="message/rfc822")
            response["Content-Disposition"] = f'attachment; filename="{row.pk}.eml"'
            return response
    return _shown(request, row, lead, stored)


def _shown(
    request: HttpRequest, row: Notification, lead: Notification, stored: mailbox.StoredMail | None
) -> HttpResponse:
    context = {
        "row": row,
        "lead": lead,
        "stored": stored,
        "mail": stored.envelope if stored else None,
        "can_drop": row.state in outbox.UNSENT,
        "can_send_again": row.state in outbox.NOT_ARRIVED,
        "tab": "emails",
    }
    return render(request, "notifications/outbox_email.html", context)
