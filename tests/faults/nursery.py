"""A process that holds the loaded application and bears servers from it, each to be killed as a power cut would.

Every line on its input bears one on the port it names; it answers with the process and the port. A page of its own,
`/fault`, writes ten lines of the log of equipment in one act: what is there of them is all or nothing.
"""

import os
import re
import signal
import sys
import time
from datetime import datetime
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import current_app, request
from flask_babel import lazy_gettext as _l
from werkzeug.serving import WSGIRequestHandler, make_server

from techfloor import clock, roster
from techfloor.app import create_app
from techfloor.cli.cluster import die_with_parent
from techfloor.equipment import ledger
from techfloor.settings import Settings
from techfloor.web.pages import Page, Pages, see
from techfloor.web.visitor import visitor

LINES = 10
ON_THE_WAY = 0.01
"""Seconds an answer takes to the tablet: what is killed meanwhile was saved, and nobody was told."""


_TOKEN = re.compile(r'value="([^"]+)"')


def token_of(page: str) -> str:
    """Return the token that a page's form carries."""
    found = _TOKEN.search(page)
    assert found is not None, page[:200]
    return found[1]


class Silent(WSGIRequestHandler):
    """Answers without a line for each request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


pages = Pages("fault", __name__)


@pages.page("/fault", permission="equipment:read")
def form() -> str:
    """Give a page, for the token and the cookie of a form."""
    from flask_wtf.csrf import generate_csrf  # noqa: PLC0415

    return f'<input name="csrf_token" value="{generate_csrf()}">'


@pages.act("/fault", permission="equipment:read", action="fault:lines:write", title=_l("Written"), endpoint="write")
def write() -> Page:
    """Write ten lines, and keep a file beside them where one is asked for."""
    words = request.form["words"]
    if request.form.get("file"):
        current_app.extensions["techfloor"].blobs.put(words.encode())
    for _ in range(LINES):
        ledger.log(1, "note", words, actor=visitor().person_id, at=clock.now())
    return see("/fault")


def serve(settings: Settings, port: int) -> None:
    """Serve an instance on a port, a free one for 0, until somebody kills this process."""
    die_with_parent()
    app, moment = create_app(settings), datetime.fromisoformat(sys.argv[4])
    app.extensions["techfloor"].jobs.start()

    def at_the_moment(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        with clock.set_to(moment):  # each thread of the server has a context of its own
            answer = list(app(environ, start_response))
        time.sleep(ON_THE_WAY)
        return answer

    server = make_server("127.0.0.1", port, at_the_moment, threaded=True, request_handler=Silent)
    print(os.getpid(), server.server_port, flush=True)
    server.serve_forever()


def main() -> None:
    """Bear a server for every line."""
    instance, database_url, owner_url = sys.argv[1:4]
    settings = Settings(
        Path(instance), database_url=database_url, database_owner_url=owner_url, demo=True, pages_per_second=0
    )
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    everywhere = roster.pages
    roster.pages = lambda: [*everywhere(), pages]
    for line in sys.stdin:
        if os.fork() == 0:
            sys.stdin.close()
            serve(settings, int(line))
            os._exit(0)


if __name__ == "__main__":
    main()
