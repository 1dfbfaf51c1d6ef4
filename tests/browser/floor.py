"""The server that the browsers of the tests talk to; its clock stands until a test moves it."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from techfloor import clock

HOST = "plant.local"
"""The name by which tablets reach the plant: plain http on a name that no browser trusts like localhost."""


class Floor:
    """A WSGI application that hands each request to the test's own app, at the time the test says it is."""

    def __init__(self) -> None:
        self.app: Flask | None = None
        self.now = datetime.min
        self.port = 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request, under the clock of the test: each request has a thread and a context of its own."""
        if self.app is None:  # a page of the test before asks once more while it closes
            start_response("503 Service Unavailable", [])
            return [b""]
        with clock.set_to(self.now):
            return self.app(environ, start_response)

    @property
    def address(self) -> str:
        """Where the plant answers."""
        return f"http://{HOST}:{self.port}"

    def wait(self, **time: float) -> None:
        """Let time pass at the plant, given as timedelta takes it."""
        self.now += timedelta(**time)

    @contextmanager
    def opened(self, app: Flask, now: datetime) -> Iterator["Floor"]:
        """Serve `app` inside the block, beginning at `now`."""
        self.app, self.now = app, now
        try:
            yield self
        finally:
            self.app = None


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, _type: str, _message: str, *_args: Any) -> None:
        """Say nothing: the tests say what is wrong."""


@contextmanager
def serving() -> Iterator[Floor]:
    """Serve on a port that the system chooses, inside the block."""
    floor = Floor()
    server = make_server("127.0.0.1", 0, floor, threaded=True, request_handler=_Quiet)
    server.daemon_threads = True  # type: ignore[attr-defined]
    floor.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield floor
    server.shutdown()
    thread.join()
    server.server_close()
