"""Routes that name their permission, and run each writing request as one act."""

import functools
import hashlib
import json
from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, current_app, g, make_response, redirect, request
from sqlalchemy.exc import IntegrityError
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as WerkzeugResponse

from techfloor import store
from techfloor.store.queue import Uncertain
from techfloor.web.access import OPEN, SIGNED_IN
from techfloor.web.rates import ENTRY, PAPER
from techfloor.web.visitor import caller, visitor

View = Callable[..., Any]
Page = WerkzeugResponse | str | tuple[str, int]
"""What a view answers: a page, a page with its status, or the way to another."""

LONGEST_REASON = 2000
_COSTS = {
    ".zip": PAPER,
    "/all.pdf": PAPER,
    "/labels.pdf": PAPER,
    "/paper-forms.pdf": PAPER,
    "/paper-form.pdf": PAPER,
    ".ics": PAPER,
    "/list.<form>": PAPER,
    "/label.pdf": ENTRY,
}
"""How the address of what is packed or drawn anew for each who asks ends."""

# What each act is called where the trail is shown to people, by its name.
act_titles: dict[str, object] = {}

# What a form carries beside its values: it may differ between two sends of one entry.
_SECRETS = frozenset({"pin", "pin_again", "password", "password_again", "secret", "badge"})
_NOT_THE_ENTRY = frozenset({"csrf_token", "entry_key"}) | _SECRETS


class NotSignedIn(Exception):
    """The page needs a signed-in person."""


class NotAllowed(Exception):
    """The signed-in person's roles do not give this permission."""


class Submissions(Protocol):
    """What pages need of the room that keeps entries by their key; the app hands it in."""

    def answer(self, key: str, person_id: int, body_sha256: str) -> str | None:
        """Return where the earlier entry of this key led, None for a new key; raises for another body or person."""

    def keep(
        self, key: str, person_id: int, device_id: int | None, route: str, body_sha256: str, location: str
    ) -> None:
        """Keep the entry in the act under way."""


class Pages(Blueprint):
    """A blueprint whose every route declares who may use it."""

    def __init__(self, name: str, import_name: str, *, url_prefix: str | None = None) -> None:
        super().__init__(name, import_name, url_prefix=url_prefix)
        self.access: dict[str, str] = {}
        self.costly: dict[str, int] = {}

    def page(
        self, rule: str, *, permission: str, endpoint: str | None = None, cost: int | None = None
    ) -> Callable[[View], View]:
        """Register a page that only reads; an archive, a list or a label is costly (`web.rates`), and what says so."""

        def register(view: View) -> View:
            name = endpoint or view.__name__
            self.access[f"{self.name}.{name}"] = permission
            usual = next((cost for ending, cost in _COSTS.items() if rule.endswith(ending)), None)
            self._weigh(name, cost or usual)
            self.add_url_rule(rule, name, _reading(view, permission), methods=["GET"])
            return view

        return register

    def act(
        self,
        rule: str,
        *,
        permission: str,
        action: str,
        title: object = None,
        reason: str = "",
        alone: str = "",
        endpoint: str | None = None,
        cost: int | None = None,
    ) -> Callable[[View], View]:
        """Register a request that changes something: one act of the trail, named `action`, shown as `title`.

        `reason` is the form field whose words stand in the trail as the reason of the act; `alone` names what no
        other act may work on meanwhile, with arguments of the rule in braces. It begins the transaction: an act that
        asks for a secret says it later, for a wrong one is remembered apart. What the room `reports` does, papers and
        archives, is costly.
        """
        if title is not None:
            act_titles[action] = title

        def register(view: View) -> View:
            name = endpoint or view.__name__
            self.access[f"{self.name}.{name}"] = permission
            self._weigh(name, cost or (PAPER if action.startswith("reports:") else None))
            self.add_url_rule(rule, name, _writing(view, permission, action, reason, alone), methods=["POST"])
            return view

        return register

    def _weigh(self, name: str, cost: int | None) -> None:
        self.costly |= {f"{self.name}.{name}": cost} if cost else {}

    def quiet(
        self, rule: str, *, permission: str, endpoint: str | None = None, cost: int | None = None
    ) -> Callable[[View], View]:
        """Register a request that keeps what is no record, or that opens its own acts: sign-in, drafts."""

        def register(view: View) -> View:
            name = endpoint or view.__name__
            self.access[f"{self.name}.{name}"] = permission
            self._weigh(name, cost)
            self.add_url_rule(rule, name, _guarded(view, permission), methods=["POST"])
            return view

        return register


def check_permission(permission: str) -> None:
    """Let the request pass or raise: NotSignedIn, NotAllowed."""
    if permission == OPEN:
        return
    found = caller().visitor
    if found is None:
        raise NotSignedIn
    if permission != SIGNED_IN and not found.may(permission):
        raise NotAllowed(permission)


def _guarded(view: View, permission: str) -> View:
    @functools.wraps(view)
    def run(**arguments: Any) -> Any:
        check_permission(permission)
        return view(**arguments)

    return run


_reading = _guarded


def _writing(view: View, permission: str, action: str, reason: str, alone: str) -> View:
    @functools.wraps(view)
    def run(**arguments: Any) -> Response:
        check_permission(permission)
        entry = _entry()
        if entry is not None:
            earlier = entry.answer()
            if earlier is not None:
                return see(earlier)
        try:
            what = alone.format(**arguments).casefold()
            response = _one_act(functools.partial(view, **arguments), action, reason, what, entry)
        except Uncertain:
            # The connection broke while the act was committed: another one knows whether it stands.
            earlier = entry.answer() if entry is not None else None
            if earlier is None:
                raise
            return see(earlier)
        except IntegrityError as error:
            # Two sends of one entry at the same moment: the second finds the first's row at its commit.
            earlier = entry.answer() if entry is not None and "submission" in str(error.orig) else None
            if earlier is None:
                raise
            return see(earlier)
        if response.status_code < 400 or entry is None:
            return response
        # The same, where the second was refused for what the first has just done.
        earlier = entry.answer()
        return response if earlier is None else see(earlier)

    return run


def afterwards(deed: Callable[[], None]) -> None:
    """Do `deed` once the act under way has been committed; when it fails, the act stands and the log says why."""
    g.setdefault("afterwards", []).append(deed)


def _do_afterwards() -> None:
    for deed in g.pop("afterwards", []):
        try:
            deed()
        except Exception:
            current_app.logger.exception("What follows an act failed; the act itself is saved")


def _one_act(deed: Callable[[], Any], action: str, reason: str, what: str, entry: "Entry | None") -> Response:
    found = caller().visitor
    with store.act(
        action,
        actor=found.person_id if found else None,
        device=found.device_id if found else None,
        zone=current_app.extensions["techfloor"].zone(),
        request=g.request_id,
        reason=request.form.get(reason, "")[:LONGEST_REASON] or None if reason else None,
    ) as unit:
        if what:
            store.alone(what)
        response = make_response(deed())
        if response.status_code >= 400:
            unit.refuse()
        elif entry is not None:
            entry.keep(response.headers.get("Location", ""))
            _drop_drafts(entry.person_id)
    if response.status_code < 400:
        _do_afterwards()
    return response


def _drop_drafts(person_id: int) -> None:
    """Forget what was kept of the page while it was typed: it has been given."""
    came_from = urlsplit(request.referrer or "").path
    for page in {request.path, came_from} - {""}:
        current_app.extensions["techfloor"].drop_draft(person_id, page)


def see(location: str) -> Response:
    """Go to another page after a deed."""
    return make_response(redirect(location, code=303))


class Entry:
    """The entry a request carries: its key, and the hash of what was typed."""

    def __init__(self, key: str, submissions: Submissions) -> None:
        self.key = key
        self.submissions = submissions
        values = sorted((k, v) for k, v in request.form.items(multi=True) if k not in _NOT_THE_ENTRY)
        values.append(("path", request.full_path.rstrip("?")))
        values.extend(sorted((f"file {name}", _hash_of(file)) for name, file in request.files.items(multi=True)))
        self.body_sha256 = hashlib.sha256(json.dumps(values).encode()).hexdigest()

    @property
    def person_id(self) -> int:
        """Whose entry it is."""
        return visitor().person_id

    def answer(self) -> str | None:
        """Return where this entry led when it came before."""
        return self.submissions.answer(self.key, self.person_id, self.body_sha256)

    def keep(self, location: str) -> None:
        """Keep the entry beside what it wrote."""
        found = visitor()
        self.submissions.keep(
            self.key, found.person_id, found.device_id, request.endpoint or "", self.body_sha256, location
        )


def _hash_of(file: FileStorage) -> str:
    digest = hashlib.file_digest(file.stream, "sha256").hexdigest()  # type: ignore[arg-type]
    file.stream.seek(0)
    return digest


def _entry() -> Entry | None:
    """Return the entry of who is signed in; a form without its key is refused, for nothing would stop a second send."""
    if caller().visitor is None:
        return None
    key = request.form.get("entry_key", "")
    if len(key) != 32 or not key.isalnum():
        abort(400)
    return Entry(key, current_app.extensions["techfloor"].submissions)
