"""Where a person wanted to go when they had to sign in, and what they had typed there."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException

HOME = "/"
KEPT = "kept."
_MOST = 200
_SECRET_WORDS = frozenset({"csrf", "token", "password", "pin", "secret", "badge"})
_OF_THE_FORM = frozenset({"entry_key", "next"})


def local_page(text: str | None) -> str:
    """Return `text` when it is the path of a page of this house, else the home page: no way leads to another site."""
    path = (text or "").strip()
    parts = urlsplit(path) if path.isprintable() and "\\" not in path and len(path) < 2000 else urlsplit("")
    if not path.startswith("/") or path.startswith("//") or parts.scheme or parts.netloc:
        return HOME
    if parts.path.startswith("/sign-"):
        return HOME
    try:
        current_app.url_map.bind("").match(parts.path, method="GET")
    except HTTPException:
        return HOME
    return path


@dataclass(frozen=True)
class Way:
    """The page somebody was on, and the values they had typed there, never a secret."""

    page: str = HOME
    kept: dict[str, str] = field(default_factory=dict)

    @property
    def draft_page(self) -> str:
        """The path under which what was typed is kept."""
        return urlsplit(self.page).path


def way_to(page: str | None, kept: dict[str, str]) -> Way:
    """Return the way to `page` with what may be kept of `kept`: no secret, and nothing of the one form it stood in."""
    return Way(local_page(page), {name: value for name, value in list(kept.items())[:_MOST] if _may_be_kept(name)})


def _may_be_kept(name: str) -> bool:
    return name not in _OF_THE_FORM and not _SECRET_WORDS & set(re.split(r"[^a-z]+", name.lower()))


def way_of_request() -> Way:
    """Return the way that this sign-in form or address carries."""
    kept = {name.removeprefix(KEPT): value for name, value in request.form.items() if name.startswith(KEPT)}
    return way_to(request.form.get("next") or request.args.get("next"), kept)
