"""What a token may do: each scope is one kind of resource and one kind of access."""

SCOPES = (
    "meetings:read",
    "meetings:write",
    "registrations:read",
    "registrations:write",
    "attendance:read",
    "companies:read",
    "companies:write",
    "programmes:read",
    "programmes:write",
    "news:read",
    "news:write",
    "recordings:read",
    "recordings:write",
    "projects:read",
    "projects:write",
    "rooms:enter",
)
ALL = "all"


class UnknownScope(ValueError):
    """The message names the unknown scope."""


def chosen(names: list[str]) -> list[str]:
    """The scopes of these names, in the order of the list above; `all` selects every one. Raises UnknownScope."""
    unknown = sorted(set(names) - {*SCOPES, ALL})
    if unknown:
        raise UnknownScope(", ".join(unknown))
    return [scope for scope in SCOPES if ALL in names or scope in names]
