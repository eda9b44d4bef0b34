"""uvicorn's HTTP protocol with the limits on time and size that it lacks, against slow senders and readers."""

import asyncio

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

HEADERS_WITHIN = 15.0  # seconds from the connection, or from the first byte of a further request
HEADERS_BYTES = 64 * 1024
BODY_STARTS_WITH = 20.0  # seconds that any body may take
BODY_RATE = 2048  # bytes a second that a body must average beyond that
TAKEN_WITHIN = 300.0  # seconds in which a client must read something; a paused player asks again


class WebProtocol(HttpToolsProtocol):
    """One timer for what is being received, another one for what is being sent."""

    _receiving: asyncio.TimerHandle | None = None
    _sending: asyncio.TimerHandle | None = None
    _in_headers = True
    _header_bytes = 0  # received while reading headers
    _head_bytes = 0  # of this request's line and headers, without what came in the same read
    _is_refused = False
    _body_bytes = 0
    _body_began = 0.0

    # ---- headers -----------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._expect_headers()

    def _expect_headers(self) -> None:
        self._receive_within(HEADERS_WITHIN)

    def data_received(self, data: bytes) -> None:
        if self._in_headers:
            if self._receiving is None:
                self._expect_headers()
            self._header_bytes += len(data)
        super().data_received(data)
        if self._in_headers and self._header_bytes > HEADERS_BYTES:
            self._refuse(431)

    def on_message_begin(self) -> None:
        self._head_bytes = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        self._head_bytes += len(url)
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._head_bytes += len(name) + len(value) + 4
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        if self._is_refused or self._head_bytes > HEADERS_BYTES:
            self._refuse(431)
            return
        self._in_headers, self._header_bytes, self._body_bytes = False, 0, 0
        self._body_began = self.loop.time()
        self._receive_within(BODY_STARTS_WITH)
        super().on_headers_complete()

    # ---- body --------------------------------------------------------------------------------------------

    def on_body(self, body: bytes) -> None:
        if self._is_refused:  # what came in one read with headers that are too long
            return
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        if self._is_refused:
            return
        self._in_headers = True
        self._stop_receiving()
        super().on_message_complete()

    def _late(self) -> None:
        self._receiving = None
        if not self._in_headers:
            ends = self._body_began + BODY_STARTS_WITH + self._body_bytes / BODY_RATE
            if (left := ends - self.loop.time()) > 0:
                self._receive_within(left)
                return
        self._refuse(408)

    def _receive_within(self, seconds: float) -> None:
        self._stop_receiving()
        self._receiving = self.loop.call_later(seconds, self._late)

    def _stop_receiving(self) -> None:
        if self._receiving is not None:
            self._receiving.cancel()
            self._receiving = None

    def _refuse(self, status: int) -> None:
        """Answers with the reason unless an answer has begun, and closes the connection."""
        self._stop_receiving()
        self._is_refused = True
        if self.transport.is_closing():
            return
        cycle: RequestResponseCycle | None = self.cycle
        is_answering = cycle is not None and cycle.response_started and not cycle.response_complete
        if (
            not is_answering and not self.pipeline
        ):  # a pipelined request before this one may still be answered
            head = b"content-length: 0\r\nconnection: close\r\n\r\n"
            self.transport.write(STATUS_LINE[status] + head)
        self.transport.close()

    # ---- sending ---------------------------------------------------------------------------------------------

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stop_sending()
        self._sending = self.loop.call_later(TAKEN_WITHIN, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stop_sending()

    def _stop_sending(self) -> None:
        if self._sending is not None:
            self._sending.cancel()
            self._sending = None

    # ---- the end -----------------------------------------------------------------------------------------

    def handle_websocket_upgrade(self) -> None:
        if self._is_refused:
            return
        self._stop_receiving()
        self._stop_sending()
        super().handle_websocket_upgrade()
        # It refers back to this: so both are freed at once, not at the next collection.
        self.parser = None  # type: ignore[assignment]

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_receiving()
        self._stop_sending()
        super().connection_lost(exc)
