"""A browser of the tests: signed in as somebody of the cast, strict about what each request leaves behind."""

from collections.abc import Callable, Mapping
from datetime import datetime
from html.parser import HTMLParser
from typing import Any, Protocol

from flask import Flask, request
from keyed_client import KeyedClient
from werkzeug.test import TestResponse

from techfloor.cli.demo.cast import Person
from techfloor.people import sessions
from techfloor.people.models import Device
from techfloor.people.models import Person as PersonRow
from techfloor.store import apart, db, looking_at

TABLET_OF = {"machining": "T-01", "moulding": "T-06", "filling": "T-03", "assembly": "T-05", "packing": "T-07"}
GAUGE_ROOM = "T-04"


def device_key(name: str) -> str:
    """Return the key that the template's tablet of this name holds in its cookie."""
    return f"the key of {name}"


class PlantClient(KeyedClient):
    """A test client that fails a test for an unexpected 500, and for what a request leaves uncommitted or open.

    `who` is the person signed in, `tablet` the name of the enrolled device in their hands or "".
    """

    who: Person
    tablet: str = ""
    faults_allowed: bool = False

    @property
    def secret(self) -> str:
        """What this person types to sign: the PIN on a tablet, else the password."""
        return self.who.pin if self.tablet else self.who.password

    def open(self, *args: Any, **named: Any) -> TestResponse:
        """Send a request and look at what it left behind."""
        named.setdefault("buffered", True)
        left: list[str] = self.application.extensions["left_behind"]
        left.clear()
        before = _connections(self.application)
        response = super().open(*args, **named)
        if response.status_code == 500 and not self.faults_allowed:
            raise AssertionError(f"{_named(response)} answered 500; the log of the test tells why")
        if left:
            raise AssertionError(f"{_named(response)} left uncommitted: {', '.join(left)}")
        if _connections(self.application) > before:
            raise AssertionError(f"{_named(response)} left a transaction open")
        return response

    def hidden(self, page: str, action: str) -> dict[str, str]:
        """Return the hidden fields of the form on `page` that sends to `action`; raises AssertionError without one."""
        answer = self.get(page)
        if answer.status_code != 200:
            raise AssertionError(f"{page} answered {answer.status_code}, to {answer.location}")
        forms = read_forms(answer.text)
        wanted = [form for form in forms if form.action == action] or [
            form for form in forms if not form.action and page == action
        ]
        if not wanted:
            raise AssertionError(f"{page} has no form to {action}, only to {[form.action for form in forms]}")
        return wanted[0].hidden

    def submit(self, url: str, data: Mapping[str, Any] | None = None, *, page: str = "", **named: Any) -> TestResponse:
        """Open the page of a form (`page`, else `url` itself), fill in `data` and send it, as a browser would.

        Hidden fields come from the page, but for those that `data` gives.
        """
        typed = dict(data or {})
        if not {"csrf_token", "entry_key"} <= typed.keys():
            typed = {**self.hidden(page or url, url), **typed}
        return self.post(url, data=typed, **named)


def _named(response: TestResponse) -> str:
    return f"{response.request.method} {response.request.path}"


def _connections(app: Flask) -> int:
    with app.app_context():
        return int(db.engine.pool.checkedout())  # type: ignore[attr-defined]


class Form:
    """A form of a page: where it sends, and its hidden fields."""

    def __init__(self, action: str) -> None:
        self.action = action
        self.hidden: dict[str, str] = {}


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.found.append(Form(given.get("action") or ""))
            self._inside = True
        elif tag == "input" and self._inside and given.get("type") == "hidden" and given.get("name"):
            self.found[-1].hidden[given["name"] or ""] = given.get("value") or ""
        elif tag == "button" and self._inside and given.get("name") == "csrf_token":
            self.found[-1].hidden["csrf_token"] = given.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False


def read_forms(html: str) -> list[Form]:
    """Return the forms of a page."""
    parser = _Forms()
    parser.feed(html)
    return parser.found


def watch_over(app: Flask) -> None:
    """Note what a request leaves in its session without a commit, where the client looks for it."""
    left = app.extensions["left_behind"] = []

    @app.teardown_request
    def note(_error: BaseException | None) -> None:
        if request.endpoint == "static" or not db.session.registry.has():
            return
        session = db.session()
        pending = [*session.new, *session.deleted, *(row for row in session.dirty if session.is_modified(row))]
        left.extend(type(row).__name__ for row in pending)


def sign_in(app: Flask, who: Person, tablet: str, clock: Callable[[], Any]) -> PlantClient:
    """Return a client with a session of `who`, opened without typing a secret."""
    client = app.test_client()
    assert isinstance(client, PlantClient)
    client.who, client.tablet = who, tablet
    _open_session(app, client, clock())
    if tablet:
        client.set_cookie(sessions.DEVICE_COOKIE, device_key(tablet))
    app.extensions.setdefault("signed_in", []).append(client)
    return client


def sign_in_again(app: Flask, at: datetime) -> None:
    """Open a new session for each client of `sign_in`: the database was put back, and knows none of theirs."""
    for client in app.extensions.get("signed_in", []):
        _open_session(app, client, at)


def _open_session(app: Flask, client: PlantClient, at: datetime) -> None:
    with app.app_context():
        with looking_at() as session:
            person_id = session.query(PersonRow.id).filter_by(user_name=client.who.user_name).scalar()
            device_id = session.query(Device.id).filter_by(name=client.tablet).scalar() if client.tablet else None
        with apart() as session:
            method = "pin" if client.tablet else "password"
            token = sessions.open_session(session, person_id, device_id, method, at)
    client.set_cookie(sessions.SESSION_COOKIE, token)


class ClockAt(Protocol):
    """Sets the clock of the rest of the test: an aware moment, or "2026-11-20 14:30" on the plant's clock."""

    def __call__(self, moment: datetime | str) -> datetime:
        """Set the clock and return the moment."""


class SignedInAs(Protocol):
    """Gives a browser signed in as a person of the cast, by key: T O S I Q A D."""

    def __call__(self, key: str, *, tablet: bool | str = False) -> PlantClient:
        """Sign in at a desk, on the tablet of the person's area (True), or on the one named."""


class Post(Protocol):
    """Sends a form: opens its page first for the hidden fields, unless csrf_token and entry_key are given."""

    def __call__(
        self, client: PlantClient, url: str, data: dict[str, str] | None = None, *, page: str = ""
    ) -> TestResponse:
        """Return the answer to the POST."""
