"""A cable to a database server that can be cut at the moment of a commit."""

import contextlib
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

Moment = Literal["never", "before", "after"]


class Cable:
    """Carries what a client and its server say to each other, until it is cut at the commit of an act, once."""

    def __init__(self, port: int) -> None:
        """Lead to a server on this machine."""
        self.cut_at: Moment = "never"
        self._server_port = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]

    def run(self) -> None:
        """Take connections until `end`."""
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._server_port))
            threading.Thread(target=self._carry, args=(client, server), daemon=True).start()

    def end(self) -> None:
        """Take no more connections."""
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _carry(self, client: socket.socket, server: socket.socket) -> None:
        sealed = False
        with client, server, contextlib.suppress(OSError):
            while True:
                for source in select.select([client, server], [], [])[0]:
                    said = source.recv(65536)
                    if not said:
                        return
                    sealed = sealed or b"tf_seal" in said
                    if source is client and sealed and b"COMMIT" in said and self._is_cut(said, server):
                        return
                    (server if source is client else client).sendall(said)

    def _is_cut(self, said: bytes, server: socket.socket) -> bool:
        moment, self.cut_at = self.cut_at, "never"
        if moment == "after":
            server.sendall(said)
            assert server.recv(65536)  # it is committed, and nobody hears of it
        return moment != "never"


@contextmanager
def cable(port: int) -> Iterator[Cable]:
    """Lay a cable to a port of this machine."""
    laid = Cable(port)
    carrying = threading.Thread(target=laid.run, daemon=True)
    carrying.start()
    try:
        yield laid
    finally:
        laid.end()
        carrying.join(10)
