"""What every signing page of this duty shares."""

import json
from typing import Any

from flask import g
from flask_babel import gettext as _

from techfloor import clock, store
from techfloor.duties.calibration.content import content_shown
from techfloor.duties.calibration.forms import SignForm
from techfloor.duties.calibration.queries import Bench
from techfloor.people.proof import Proof
from techfloor.people.signing_secret import asks_user_name, prove
from techfloor.places.queries import PlantFacts
from techfloor.records import policy
from techfloor.records.policy import PolicyText
from techfloor.records.signing import accept_policy, must_accept_policy, stored_content
from techfloor.refusals import Refusal
from techfloor.web.visitor import visitor


def plant() -> PlantFacts:
    """Return the plant of this request."""
    found: PlantFacts = g.plant
    return found


def sign_form(form: SignForm) -> SignForm:
    """Fit the signing question to the visitor.

    PIN on a tablet, password elsewhere; the user name and the policy only the first time.
    """
    if not asks_user_name(visitor()):
        del form.user_name
    # Apart from the request's own transaction, which must not begin before the secret is checked.
    with store.looking_at() as session:
        must_accept = must_accept_policy(visitor().person_id, session)
    if not must_accept:
        del form.accepts
    form.secret.label.text = _("PIN") if visitor().on_tablet else _("Password")
    return form


def _refuse_without_policy(form: SignForm) -> None:
    if "accepts" in form and not form.accepts.data:
        raise Refusal("Read the e-signature policy and accept it: you sign for the first time.", field="accepts")


def shown_content(bench: Bench) -> dict[str, Any]:
    """Return what a page shows of a record: the stored content once it is signed, before that what would be signed."""
    if bench.record.content_sha256 is None:
        return content_shown(bench, plant())
    stored: dict[str, Any] = json.loads(stored_content(bench.record.id))
    return stored


def policy_of(form: SignForm) -> PolicyText | None:
    """Return the policy that the page shows, to somebody who has not accepted it yet."""
    return policy.in_force() if "accepts" in form else None


def proof_or_none(form: SignForm) -> Proof | None:
    """Return the proof, or put the refusal beside its field and return None.

    It comes before anything else of the request: the secret takes 30 ms, and a wrong one is remembered apart.
    """
    name = form.user_name.data if "user_name" in form else None
    try:
        _refuse_without_policy(form)
        return prove(visitor(), form.secret.data or "", name, clock.now())
    except Refusal as no:
        form.refuse(no)
        return None


def accept_in_passing(form: SignForm) -> None:
    """Record the acceptance that was given with the signature, in the same act, before it."""
    if "accepts" in form:
        accept_policy(visitor().person_id, clock.now())
