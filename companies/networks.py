"""The network of a request for rate limits: an IPv4 address, or the /64 that an IPv6 subscriber has."""

from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any


def address_of(scope: Any) -> str:
    client = scope.get("client")
    return _share(client[0]) if client else ""


@lru_cache(4096)
def _share(address: str) -> str:
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return address
    return str(found.ipv4_mapped or IPv6Network((found, 64), strict=False).network_address)
