"""A browser that costs nothing: what it times is the application alone, from the request to the last byte."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

from flask import Flask
from werkzeug.test import create_environ

from benchmarks.plants import SignedIn
from techfloor.people.sessions import DEVICE_COOKIE, SESSION_COOKIE

_CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def csrf_token(page: str) -> str:
    """Return the token that forms of this session carry."""
    found = _CSRF.search(page)
    assert found is not None, "the page has no form"
    return found[1]


@dataclass(frozen=True)
class Answer:
    """What came back, and how many milliseconds it took."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    took: float


@dataclass
class Browser:
    """Somebody signed in to an application of this process."""

    app: Flask
    cookies: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, app: Flask, who: SignedIn) -> "Browser":
        """Return the browser of somebody's tablet."""
        return cls(app, {SESSION_COOKIE: who.token, DEVICE_COOKIE: who.device_key})

    def get(self, path: str) -> Answer:
        """Read a page; it must be there."""
        answer = self._send("GET", path, None)
        assert answer.status in {200, 303}, (path, answer.status)
        return answer

    def post(self, path: str, values: Mapping[str, str]) -> Answer:
        """Send a form; it must be taken."""
        answer = self._send("POST", path, values)
        assert answer.status == 303, (path, answer.status, answer.body.decode()[:2000])
        return answer

    def _send(self, method: str, path: str, values: Mapping[str, str] | None) -> Answer:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        environ = create_environ(path, method=method, data=values, headers={"Cookie": cookie})
        status: list[Any] = []

        def start_response(line: str, headers: list[tuple[str, str]], _error: object = None) -> Any:
            status[:] = [line, headers]

        began = time.perf_counter()
        parts = self.app.wsgi_app(environ, start_response)
        body = b"".join(parts)
        parts.close()  # type: ignore[attr-defined]
        took = (time.perf_counter() - began) * 1000
        answer = Answer(int(status[0][:3]), status[1], body, took)
        self._keep_cookies(answer)
        return answer

    def _keep_cookies(self, answer: Answer) -> None:
        for name, value in answer.headers:
            if name.lower() == "set-cookie":
                self.cookies.update({key: one.value for key, one in SimpleCookie(value).items()})
