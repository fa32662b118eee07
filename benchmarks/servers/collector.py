"""What traces are sent to: it takes all and keeps nothing."""

from starlette.types import Receive, Scope, Send

from benchmarks.servers.serving import serve


async def collector(_: Scope, receive: Receive, send: Send) -> None:
    """Reads a request and accepts it."""
    while (await receive()).get("more_body"):
        pass
    headers = [(b"content-type", b"application/x-protobuf"), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


if __name__ == "__main__":
    serve(collector, lifespan="off")
