"""What the terminal says once the server answers: the address, the way in, and the code a tablet scans."""

import sys
import time
import webbrowser

import segno

from techfloor.cli.demo.cast import accounts
from techfloor.cli.listening import Address, answers
from techfloor.cli.steps import say
from techfloor.house.setup import pending_token
from techfloor.settings import Settings

PATIENCE = 120.0
"""Seconds to wait for the first answer before saying that none came."""


def is_ready(address: Address) -> bool:
    """Wait for the first answer; false, after saying so, when none comes in time."""
    until = time.monotonic() + PATIENCE
    while not answers(address):
        if time.monotonic() > until:
            say("The server does not answer yet; what it printed above may tell why.")
            return False
        time.sleep(0.05)
    return True


def announce(settings: Settings, address: Address, began: float, *, open_browser: bool) -> None:
    """Say where to go, and open it where that was asked for; `began` is the monotonic time of the command."""
    say(f"\n✓ techfloor is ready at {address.url} ({time.monotonic() - began:.1f} s). Ctrl-C stops it.")
    for line in _demo_people() if settings.demo else _first_step(settings, address):
        say(line)
    _show_lan(address)
    if open_browser:
        webbrowser.open(address.url)


def _demo_people() -> list[str]:
    rows: list[tuple[str, ...]] = [("role", "user name", "password", "PIN")]
    rows += [(account.role, account.user_name, account.password, account.pin) for account in accounts()]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)) for row in rows]
    return [
        "",
        "The demo plant: nothing in it is real. Its people:",
        *(f"  {line.rstrip()}" for line in lines),
    ]


def _first_step(settings: Settings, address: Address) -> list[str]:
    token = pending_token(settings)
    if token is None:
        return []
    return ["", f"This plant is empty. Set it up at {address.url}/setup?token={token}"]


def _show_lan(address: Address) -> None:
    if address.is_loopback:
        say("\nTablets reach it when it is started with --host 0.0.0.0")
        return
    say(f"\nOn a tablet in the same network: {address.lan_url}")
    if "utf" in (sys.stdout.encoding or "").lower():
        segno.make(address.lan_url, error="m").terminal(compact=True)
