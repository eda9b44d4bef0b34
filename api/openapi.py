"""Completes the OpenAPI schema of the framework: refusals, headers, scopes."""

from typing import Any

from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.types import DictStrAny

from api.auth import Scope

BEARER = "Bearer"
PROBLEM = {
    "title": "Problem",
    "description": "Problem details, RFC 9457.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "examples": ["about:blank"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {
            "type": "string",
            "description": "one sentence, in the language requested with Accept-Language",
        },
        "instance": {"type": "string", "description": "the path that was requested"},
        "errors": {
            "type": "object",
            "description": "error messages by field; `title.en` is the field `en` inside `title`",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
        "code": {"type": "string", "description": "machine-readable reason, if a status can have several"},
    },
}
REFUSALS = {
    400: "The body is not valid JSON in UTF-8.",
    401: "The token is missing or not valid.",
    403: "The token does not have the scope, or its person does not have permission.",
    404: "Not found, or the token's person does not have access.",
    409: "This is not possible in the current state; `code` says why.",
    412: "Someone else has changed this since it was read (If-Match).",
    413: "The body is larger than the service accepts.",
    415: "The Content-Type is not accepted: use application/json, except for the bytes of an upload.",
    422: "Some fields or parameters are not valid; `errors` says which and why.",
    429: "Too many requests with this token. Retry-After is the number of seconds to wait.",
    503: "The service is unavailable or overloaded. Retry-After is the number of seconds to wait.",
}
IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "maxLength": 200},
    "description": (
        "If the same key and body are sent again within two days, the first answer is returned and nothing is "
        "done twice."
    ),
}
NEVER_REPEATED = "/tickets"  # each request gets a new answer: an earlier one would be of no use
IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": False,
    "schema": {"type": "string"},
    "description": "The ETag that you read; if someone has changed it since, the answer is 412.",
}
ETAG = {"ETag": {"schema": {"type": "string"}, "description": "ETag of this answer, for If-Match"}}


class ServiceOpenAPISchema(OpenAPISchema):
    def operation_details(self, operation: Operation) -> DictStrAny:
        details = super().operation_details(operation)
        scopes = [one.scope for one in operation.auth_callbacks if isinstance(one, Scope)]
        if scopes:
            needs = f"Needs the scope `{scopes[0]}`."
            details["description"] = f"{details.get('description', '')}\n\n{needs}".strip()
        add_headers(details, operation)
        for status in statuses_of(operation, details):
            details["responses"].setdefault(status, refusal(status))
        return details

    def operation_security(self, operation: Operation) -> list[DictStrAny] | None:
        scopes = [one for one in operation.auth_callbacks if isinstance(one, Scope)]
        if not scopes:
            return None
        self.securitySchemes[BEARER] = {
            "type": "http",
            "scheme": "bearer",
            "description": Scope.openapi_description,
        }
        return [{BEARER: [one.scope for one in scopes]}]

    def get_components(self) -> DictStrAny:
        found = super().get_components()
        return {**found, "schemas": {**found["schemas"], "Problem": PROBLEM}}


def add_headers(details: DictStrAny, operation: Operation) -> None:
    if "POST" in operation.methods and not operation.path.endswith(NEVER_REPEATED):
        details["parameters"].append(IDEMPOTENCY_KEY)
    if operation.methods == ["PATCH"]:
        details["parameters"].append(IF_MATCH)
    if "response" in operation.signature.signature.parameters:
        details["responses"][200]["headers"] = ETAG


def statuses_of(operation: Operation, details: DictStrAny) -> list[int]:
    """Refusals that this operation may answer with."""
    changes = not {"GET", "HEAD"}.issuperset(operation.methods)
    takes_parts = "HEAD" in operation.methods
    reads_json = "requestBody" in details
    may = {
        401: True,
        403: True,
        429: True,
        503: True,
        404: "{" in operation.path,
        422: True,
        400: changes and operation.methods != ["DELETE"],
        409: changes,
        412: "PATCH" in operation.methods,
        413: changes and operation.methods != ["DELETE"],
        415: takes_parts or reads_json,
    }
    return sorted(status for status, does in may.items() if does)


def refusal(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": REFUSALS[status],
        "content": {"application/problem+json": {"schema": schema}},
        **({"headers": {"Retry-After": {"schema": {"type": "integer"}}}} if status in {429, 503} else {}),
        **({"headers": {"WWW-Authenticate": {"schema": {"type": "string"}}}} if status == 401 else {}),
    }
