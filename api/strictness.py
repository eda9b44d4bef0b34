"""Unknown parameters and bodies that an operation does not take are refused instead of ignored."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.errors import HttpError
from ninja.operation import Operation

from api.field_errors import no_such_field
from api.problems import invalid
from api.requests import StrictParser

Flow = Callable[..., Any]
Errors = dict[str, list[str]]


def strict(flow: Flow) -> Flow:
    """For `add_decorator`: around every operation, after authentication and declared parameters."""
    operation: Operation = flow._ninja_operation  # type: ignore[attr-defined]
    single, several = query_parameters(operation)
    takes_body = any(source_of(model) == "body" for model in operation.models)

    @wraps(flow)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        errors = query_errors(request, single, several)
        if request.method in {"POST", "DELETE"} and not takes_body:
            errors |= body_errors(request)
        if errors:
            raise invalid(errors)
        return flow(request, *args, **kwargs)

    return checked


def query_parameters(operation: Operation) -> tuple[set[str], set[str]]:
    """Names of parameters that may occur once, and of those that may occur several times with different values."""
    models: list[Any] = [model for model in operation.models if source_of(model) == "query"]
    names = {name for model in models for name in model.__ninja_flatten_map__}
    several = {name for model in models for name in model.__ninja_collection_fields__}
    return names - several, several


def source_of(model: Any) -> str | None:
    found: str | None = model.__ninja_param_source__
    return found


def query_errors(request: HttpRequest, single: Iterable[str], several: Iterable[str]) -> Errors:
    errors: Errors = {}
    for name, values in request.GET.lists():
        if name not in single and name not in several:
            errors[name] = [_("This parameter does not exist.")]
        elif name in single and len(values) > 1:
            errors[name] = [_("Send this only once.")]
        elif len(set(values)) < len(values):
            errors[name] = [_("Send each value only once.")]
    return errors


def body_errors(request: HttpRequest) -> Errors:
    """An empty object is accepted as no body, because many programs send it."""
    try:
        body: Any = StrictParser().parse_body(request) if request.body else None
    except (ValueError, RecursionError) as error:
        raise HttpError(400, "not JSON") from error
    if isinstance(body, dict):
        return {name: [no_such_field({})] for name in body}
    return {} if body is None else {"body": [_("This operation does not accept a body.")]}
