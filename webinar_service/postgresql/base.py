"""The backend named in DATABASES.

Django asks `SELECT 1` at the beginning of each request: a round trip, where looking at the socket is enough to find
a connection that the server has closed.
"""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        """Nothing to read: the server has neither closed the connection nor reported an error on it."""
        if (
            self.connection is not None
            and not self.connection.closed
            and _is_silent(self.connection.fileno())
        ):
            return True
        return bool(super().is_usable())


def _is_silent(descriptor: int) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return not poll.poll(0)
