"""The tables of contact between companies."""

from matchmaking.models.contact_request import BlockedSender, ContactRequest

__all__ = ["BlockedSender", "ContactRequest"]
