"""The health check of a connection kept between requests."""

import psycopg
import pytest
from django.db import connection

if connection.vendor == "postgresql":

    @pytest.fixture
    def backend(transactional_db: None) -> int:
        """The process that serves this thread's connection."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return int(cursor.fetchone()[0])

    def test_a_healthy_connection_is_kept_without_asking_the_server(backend: int) -> None:
        before = statements_of(backend)
        connection.health_check_done = False
        connection.close_if_health_check_failed()
        assert statements_of(backend) == before
        assert connection.connection is not None

    def test_a_connection_that_the_server_has_closed_is_opened_anew(backend: int) -> None:
        with other_connection() as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])
        connection.health_check_done = False
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            assert cursor.fetchone()[0] != backend

    def test_a_message_of_the_server_is_not_taken_for_a_closed_connection(backend: int) -> None:
        """Here a notification; after a reload of its settings the server may report them."""
        with connection.cursor() as cursor:
            cursor.execute("LISTEN something")
        with other_connection() as other:
            other.execute("NOTIFY something")
        connection.health_check_done = False
        connection.close_if_health_check_failed()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            assert cursor.fetchone()[0] == backend

    def other_connection() -> "psycopg.Connection":
        found = connection.settings_dict
        names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
        return psycopg.connect(**{name: found[key] for name, key in names.items()}, autocommit=True)

    def statements_of(backend: int) -> str:
        """When the last statement of that connection began."""
        with other_connection() as other:
            row = other.execute(
                "SELECT query_start FROM pg_stat_activity WHERE pid = %s", [backend]
            ).fetchone()
        return str(row)
