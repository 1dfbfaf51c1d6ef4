"""The address that codes on paper lead to: the plant's own where it is set, else the one the server listens at.

Never the one a request names: whoever sends it could have a certificate lead to a house of their own, for good.
"""

import ipaddress
from urllib.parse import urlsplit

from flask import current_app


def paper_base() -> str:
    """Return the address before the path of every code on paper, without a slash at its end."""
    settings = current_app.extensions["techfloor"].settings
    base: str = settings.public_url or settings.served_url or "http://localhost"
    return base.rstrip("/")


def dead_host() -> str:
    """Return the host paper would lead to where that is the machine itself; '' where others get there."""
    host = urlsplit(paper_base()).hostname or ""
    return host if _loopback(host) else ""


def _loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
