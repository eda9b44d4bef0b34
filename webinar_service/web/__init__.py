"""How requests come in: the connection, the body, a turn in a bounded thread pool, the answer."""
