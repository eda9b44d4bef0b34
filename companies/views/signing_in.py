"""The one-time link from the operator."""

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from companies import signing_in


@never_cache
@require_http_methods(["GET", "POST"])
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    try:
        if request.method != "POST":
            person = signing_in.person_of_token(token)
            return render(request, "account/link.html", {"person": person})
        person = signing_in.use_token(token=token, now=timezone.now())
        record_authentication(request, person, method="link")
    except signing_in.UnableToSignIn:
        return render(request, "account/link_used.html", status=410)
    response: HttpResponse = perform_login(request, person, email_verification="none")
    return response
