"""The cookies of this house: out of reach of scripts and other sites, and over TLS of this very host alone.

Over TLS each name begins with `__Host-`, which a browser takes from nobody but this host, and only over TLS: neither a
neighbour under the same domain nor somebody on a plain connection can plant one (RFC 6265bis, 4.1.3.2).
"""

from collections.abc import Mapping

from flask import Response, current_app, request

_OVER_TLS = "__Host-"


def named(name: str, *, secure: bool) -> str:
    """Return the name under which a cookie travels."""
    return _OVER_TLS + name if secure else name


def given() -> Mapping[str, str]:
    """Return the cookies that came with the request, by their names in the code."""
    if not _secure():
        return request.cookies
    return {name.removeprefix(_OVER_TLS): text for name, text in request.cookies.items() if name.startswith(_OVER_TLS)}


def hand(response: Response, name: str, text: str, *, lives: int | None = None) -> None:
    """Put a cookie into the browser, until it is closed or for so many seconds."""
    secure = _secure()
    response.set_cookie(
        named(name, secure=secure), text, max_age=lives, httponly=True, samesite="Lax", secure=secure, path="/"
    )


def take(response: Response, name: str) -> None:
    """Take a cookie out of the browser."""
    secure = _secure()
    response.delete_cookie(named(name, secure=secure), httponly=True, samesite="Lax", secure=secure, path="/")


def _secure() -> bool:
    return bool(current_app.extensions["techfloor"].settings.secure_cookies)
