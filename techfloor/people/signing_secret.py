"""The secret of a signature: asked each time, of the one who is signed in.

On an enrolled tablet the person was named by tile or badge, and each signature takes the PIN. Elsewhere the first
signature of a session takes user name and password, each later one the password (21 CFR 11.200(a)(1)). What was
refused is no signature: the next one still takes both.
"""

from datetime import datetime

from flask import current_app, request
from flask_babel import lazy_gettext as _l

from techfloor import store
from techfloor.people.models import Person
from techfloor.people.proof import Proof, by_password, by_pin
from techfloor.people.secrets import Kind
from techfloor.people.tries import Claim, attempt, keep_other_name
from techfloor.refusals import Refusal
from techfloor.said import sentences
from techfloor.web.visitor import Visitor

sentences |= {
    "people.pin": _l("PIN on enrolled tablet %(device)s"),
    "people.name-and-password": _l("user name and password"),
    "people.password": _l("password"),
}


def asks_user_name(visitor: Visitor) -> bool:
    """Tell whether the next signature takes the user name too."""
    return not visitor.on_tablet and not visitor.signed_once


def prove(visitor: Visitor, secret: str, user_name: str | None, at: datetime) -> Proof:
    """Return the proof of one signature; raises Refusal at the field `secret` or `user_name`.

    It must be the first thing a view does: it takes 30 ms, and a wrong secret is written down apart, before the
    request's own transaction begins.
    """
    if visitor.must_set_secret:
        raise Refusal("Set your own password and PIN first. They are under your name.")
    kind = Kind.PIN if visitor.on_tablet else Kind.PASSWORD
    if not secret:
        raise Refusal("Type your PIN to sign." if kind is Kind.PIN else "Type your password to sign.", field="secret")
    if asks_user_name(visitor):
        _same_person(visitor, user_name or "", at)
    claim = Claim(
        purpose="signing",
        kind=kind,
        person_id=visitor.person_id,
        device_id=visitor.device_id,
        address=request.remote_addr or "",
    )
    try:
        proven = attempt(claim, secret, at)
    except Refusal as no:
        no.field = "secret"
        raise
    return Proof(
        person_id=proven.person_id,
        printed_name=proven.name,
        method=_method(visitor),
        at=at,
        zone=current_app.extensions["techfloor"].zone(),
        device_id=visitor.device_id,
        session_id=visitor.session_id,
    )


def _same_person(visitor: Visitor, user_name: str, at: datetime) -> None:
    with store.looking_at() as session:
        own = session.get_one(Person, visitor.person_id).user_name
    if user_name.strip().lower() != own:
        if user_name.strip():
            keep_other_name(visitor.person_id, own, user_name, request.remote_addr or "", at)
        raise Refusal("Type your own user name: the first signature after signing in takes it.", field="user_name")


def _method(visitor: Visitor) -> str:
    """Return how the person proved it, as it stands beside the signature."""
    if visitor.on_tablet:
        return by_pin(visitor.device_name)
    return by_password(named=asks_user_name(visitor))
