"""Pages of a project lead to its terms of confidentiality until they are accepted."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from projects.memberships import TermsNotAccepted

Given = ParamSpec("Given")


def terms_first(
    view: Callable[Concatenate[HttpRequest, Given], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, Given], HttpResponseBase]:
    @wraps(view)
    def answer(request: HttpRequest, /, *args: Given.args, **kwargs: Given.kwargs) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except TermsNotAccepted as refused:
            return redirect(refused.url)

    return answer
