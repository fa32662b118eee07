"""Connections as uvicorn keeps them, bounded against clients that never end or never listen.

What is here uvicorn leaves to a proxy. It costs a request a comparison or two.
"""

import asyncio
import http
import socket
from contextlib import suppress
from typing import Any

from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import PayloadTooBig
from websockets.frames import Close, CloseCode, Frame, Opcode

LARGEST_HEAD = 2**16  # bytes; more may pass where they arrive all at once
HEAD_SECONDS = 10.0  # for what has begun to arrive; uvicorn's own clock runs after an answer only
STALL_SECONDS = 30.0  # between two looks at whether an answer leaves
LEAST_BYTES = 2**16  # that leave in between
SEND_SECONDS = 300.0  # for the whole of it
MOST_FRAMES = 1024  # of one message; those that are empty count for no limit of bytes
LONGEST_REASON = 123  # of a closing: bytes that fit into its frame


def reason(text: str) -> str:
    """As much of a text as may be said when a WebSocket is closed."""
    return text.encode(errors="replace")[:LONGEST_REASON].decode(errors="ignore")


def show_stalls(listener: socket.socket) -> None:
    """Makes it show soon whether a client reads, on the connections of a listener.

    Otherwise the system takes megabytes at a time, and then nothing for as long as these last.
    """
    with suppress(AttributeError, OSError):  # not every system can
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, 2 * LEAST_BYTES)


class Sending(asyncio.Protocol):
    """Gives up on a client that does not take its answer, which waits in memory meanwhile.

    An answer in one piece is a buffer of the transport that no coroutine waits for: only the
    protocol is told that it is full, and that it has run empty.
    """

    transport: asyncio.Transport
    loop: asyncio.AbstractEventLoop
    _stalled: asyncio.TimerHandle | None = None

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._stalled is None:
            self._look_again(self.loop.time() + SEND_SECONDS)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._forget()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget()
        super().connection_lost(exc)

    def _look_again(self, end: float) -> None:
        left = self.transport.get_write_buffer_size()
        self._stalled = self.loop.call_later(STALL_SECONDS, self._look, left, end)

    def _look(self, before: int, end: float) -> None:
        gone = before - self.transport.get_write_buffer_size()
        if gone < LEAST_BYTES or self.loop.time() >= end:
            self.transport.abort()
        else:
            self._look_again(end)

    def _forget(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None


class HttpConnection(Sending, HttpToolsProtocol):
    """An HTTP connection: what arrives has to become a head or a part of a body, soon.

    The parser keeps a line until it ends, and reads it anew with each packet: a line without end
    would take the time of everybody. Lines behind a body in chunks are heads in this.
    """

    cycle: RequestResponseCycle | None  # type: ignore[assignment]  # None until there is a request
    _unread = 0  # bytes since something was complete
    _late: asyncio.TimerHandle | None = None
    _at_work: RequestResponseCycle | None = (
        None  # `cycle` is that of the last request that was read
    )

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._expect_more()

    def data_received(self, data: bytes) -> None:
        self._unread += len(data)
        super().data_received(data)
        if self._unread > LARGEST_HEAD:
            self._refuse()
        elif self._unread or (self.cycle is not None and self.cycle.response_complete):
            self._expect_more()
        elif self._late is not None:
            self._in_time()

    def on_headers_complete(self) -> None:
        self._unread = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._unread = 0
        super().on_body(body)

    def handle_websocket_upgrade(self) -> None:
        self._in_time()
        super().handle_websocket_upgrade()

    def connection_lost(self, exc: Exception | None) -> None:
        self._in_time()
        if self._at_work is not None:
            self._at_work.disconnected = True
            self._at_work.message_event.set()
        super().connection_lost(exc)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._at_work = cycle
        super()._start_asgi_task(cycle, app)

    def _expect_more(self) -> None:
        is_upgraded = self.transport.get_protocol() is not self
        if self._late is None and not is_upgraded:
            self._late = self.loop.call_later(HEAD_SECONDS, self.transport.abort)

    def _in_time(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _refuse(self) -> None:
        """Ends the connection; where no answer is on its way, with one."""
        is_answering = self.cycle is not None and not self.cycle.response_complete
        if not (is_answering or self.transport.is_closing()):
            text = f"The head of a request may have {LARGEST_HEAD} bytes.\n".encode()
            head = b"content-type: text/plain; charset=utf-8\r\nconnection: close\r\n"
            head += b"x-content-type-options: nosniff\r\ncontent-length: %d\r\n\r\n" % len(text)
            status = STATUS_LINE[http.HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE]
            self.transport.write(status + head + text)
        self.transport.close()


class WebSocketConnection(Sending, WebSocketsSansIOProtocol):
    """A WebSocket: who does not listen is not heard either, so that no answers pile up."""

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stop_reading()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self.read_paused and self.queue.empty():
            self.read_paused = False
            self.transport.resume_reading()

    async def receive(self) -> Any:
        await self.writable.wait()
        event = await super().receive()
        if not self.writable.is_set():
            self._stop_reading()
        return event

    def _stop_reading(self) -> None:
        if not self.read_paused:
            self.read_paused = True
            self.transport.pause_reading()

    def handle_cont(self, event: Frame) -> None:
        super().handle_cont(event)
        if len(self.frames) > MOST_FRAMES:
            self.transport.abort()

    def handle_parser_exception(self) -> None:
        """Says which limit a message is past; the parser does not know its key."""
        error = self.conn.parser_exc
        if isinstance(error, PayloadTooBig):
            self.conn.data_to_send()  # which has a closing without the key
            close = Close(
                CloseCode.MESSAGE_TOO_BIG, reason(f"{error} (server.limits.max_body_bytes)")
            )
            self.conn.close_sent = close
            self.conn.send_frame(Frame(Opcode.CLOSE, close.serialize()))
        super().handle_parser_exception()
