"""How the server's worker process begins: it ties its life to the server's, then imports the application."""

import multiprocessing
import os
import signal
import threading
import time
from importlib import import_module
from typing import Any

GRACE = 3.0
"""Seconds a worker has to finish what it is answering, when the server stops or dies."""


def load_app(target: str) -> Any:
    """Import the application `module:name`; runs in the worker, before anything else."""
    _end_with_parent()
    module, _, name = target.partition(":")
    app = getattr(import_module(module), name)
    if hasattr(app, "extensions"):  # another program's application has no jobs of ours
        app.extensions["techfloor"].jobs.start()
    return app


def _end_with_parent() -> None:
    """End this worker when the server dies, also by kill -9, which leaves it no time to say so."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(GRACE)
        os._exit(1)

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()
