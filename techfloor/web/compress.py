"""Answers compressed where the browser takes that: pages of 40 to 60 kB have to come through a weak radio.

A page carries the form token beside words that somebody else may have put there, and the length of a compressed page
tells of repetitions (BREACH). So each page has a random number of bytes in its gzip header, which hides lengths of that
order; the session cookie does not travel with requests that another site makes; and the token is signed anew each
second, so that what is guessed of one is worth nothing in the next.
"""

import functools
import gzip
import io
import secrets

from flask import Flask, Response, request

LEAST = 700
_LEVEL, _STATIC_LEVEL = 6, 9
_MOST_RANDOM = 100
_TEXT = frozenset(
    {
        "text/html",
        "text/css",
        "text/javascript",
        "application/javascript",
        "application/json",
        "image/svg+xml",
        "text/plain",
    }
)


def init_app(app: Flask) -> None:
    """Compress the answers of `app` that are text; to be called before the headers are put on them."""
    app.after_request(_compressed)


def _compressed(response: Response) -> Response:
    if response.mimetype not in _TEXT:
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code != 200 and response.status_code < 400:
        return response
    if response.headers.get("Content-Encoding") or not request.accept_encodings["gzip"]:
        return response
    response.direct_passthrough = False
    body = response.get_data()
    if len(body) < LEAST:
        return response
    response.set_data(_packed_file(body) if request.endpoint == "static" else _packed_page(body))
    response.headers["Content-Encoding"] = "gzip"
    if response.headers.get("ETag"):
        response.set_etag(str(response.get_etag()[0]), weak=True)  # the same content in other bytes
    return response


def _packed_page(body: bytes) -> bytes:
    """Pack a page under a random name of random length."""
    return _packed(body, _LEVEL, secrets.token_urlsafe(_MOST_RANDOM)[: secrets.randbelow(_MOST_RANDOM) + 1])


@functools.lru_cache(maxsize=128)
def _packed_file(body: bytes) -> bytes:
    """Pack a static file, once for each of its contents: it is the same for everybody."""
    return _packed(body, _STATIC_LEVEL, "")


def _packed(body: bytes, level: int, name: str) -> bytes:
    out = io.BytesIO()
    with gzip.GzipFile(filename=name, mode="wb", compresslevel=level, fileobj=out, mtime=0) as file:
        file.write(body)
    return out.getvalue()
