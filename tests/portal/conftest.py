"""The mailer that stores emails in memory, for pages whose emails are read."""

from tests.notifications.conftest import mailer, send

__all__ = ["mailer", "send"]
