"""The running server: one worker process with threads, started once the instance is prepared."""

import multiprocessing
import signal
import sys
import threading
from functools import partial

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from techfloor.cli.announcing import announce, is_ready
from techfloor.cli.environment import ROOT
from techfloor.cli.listening import Address
from techfloor.cli.loading import GRACE, load_app
from techfloor.cli.prepare import prepare
from techfloor.cli.steps import say
from techfloor.settings import Settings

THREADS = 16


def serve(settings: Settings, address: Address, began: float, *, open_browser: bool) -> int:
    """Prepare the instance and serve it until it is stopped; `began` is the monotonic time of the command."""
    prepare(settings, demo=settings.demo)
    # A forked worker would share the open database of this process, which SQLite forbids.
    multiprocessing.set_start_method("spawn", force=True)
    sys.path.insert(0, str(ROOT))
    server = _server(address)

    def announce_when_ready() -> None:
        if is_ready(address):
            # A worker that never answered would fail again; one that has is replaced.
            server.respawn_failed_workers = True
            announce(settings, address, began, open_browser=open_browser)

    threading.Thread(target=announce_when_ready, name="announce", daemon=True).start()
    try:
        server.serve(target_loader=load_app)
    except SystemExit as ended:
        say("The server has stopped; what it printed above tells why.")
        return int(ended.code or 0)
    say("Stopped.")
    return 0


def _server(address: Address) -> MPServer:
    server = MPServer(
        "wsgi:app",
        address=address.host,
        port=address.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        websockets=False,
        log_level=LogLevels.error,
        workers_kill_timeout=int(GRACE),
    )
    if sys.platform != "win32":
        # Granian takes a closed terminal for a wish to reload, and would go on without one.
        given = signal.getsignal(signal.SIGHUP)
        handler = server.signal_handler_interrupt if given is signal.SIG_DFL else given
        server.on_startup(partial(signal.signal, signal.SIGHUP, handler))
    return server
