"""How a request is handled: the connection, the body, a turn in a bounded thread pool, the answer."""
