"""Drafts: keeps what a person typed on a page, while they type and when a page turns out too old."""

import json
from typing import NoReturn
from urllib.parse import urlsplit

from flask import Response, abort, request

from techfloor import clock, store
from techfloor.records import drafts
from techfloor.web.access import SIGNED_IN
from techfloor.web.pages import Pages
from techfloor.web.visitor import visitor

pages = Pages("drafts", __name__)

MAX_BODY = 256 * 1024
_SECRET_WORDS = frozenset({"csrf", "password", "pin", "secret", "token", "badge"})


def may_be_kept(name: str) -> bool:
    """Tell whether the field `name` may enter a draft: a secret never does, nor does what belongs to one sending."""
    return name != "entry_key" and _SECRET_WORDS.isdisjoint(name.lower().replace("-", "_").split("_"))


def keep_draft(person_id: int, page: str, values: dict[str, str]) -> None:
    """Keep what was typed on `page` in a transaction of its own; secrets are left out."""
    kept = {name: value for name, value in values.items() if may_be_kept(name)}
    with store.quiet():
        drafts.keep(person_id, page, kept, clock.now())


@pages.quiet("/draft", permission=SIGNED_IN)
def keep() -> tuple[str, int]:
    """Keep the values of a page that is being filled in.

    The body is JSON, either {"page": path, "values": {name: value}} or the values alone with ?page=path.
    """
    if len(request.get_data()) > MAX_BODY:
        abort(413)
    page, values = _draft_of(_json())
    keep_draft(visitor().person_id, page, values)
    return "", 204


def _json() -> object:
    """Return the body, None for what is no JSON of a sensible depth; half a sign of text is replaced."""
    try:
        return json.loads(request.get_data().decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None


def _draft_of(body: object) -> tuple[str, dict[str, str]]:
    if not isinstance(body, dict):
        _refuse()
    nested = body.get("values")
    given = nested if isinstance(nested, dict) else body
    page = str(body.get("page", "")) if isinstance(nested, dict) else request.args.get("page", "")
    page = page or urlsplit(request.referrer or "").path
    if not page.startswith("/") or page.startswith("//") or len(page) > 300 or not page.isprintable():
        _refuse()
    return page, {str(name): _text(value) for name, value in given.items()}


def _text(value: object) -> str:
    """Return a value as text; of several boxes with one name the first."""
    if isinstance(value, list):
        return str(value[0]) if value else ""
    text = value if isinstance(value, str) else json.dumps(value)
    return text.encode("utf-8", "replace").decode("utf-8")


def _refuse() -> NoReturn:
    abort(Response('{"error": "A draft names its page and its values."}', 422, mimetype="application/json"))
