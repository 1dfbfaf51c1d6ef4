"""The e-signature policy, to read and to accept."""

from flask import flash, redirect, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import HiddenField

from techfloor import clock
from techfloor.records import policy
from techfloor.records.signing import accept_policy, must_accept_policy
from techfloor.refusals import Refusal
from techfloor.web.access import SIGNED_IN
from techfloor.web.forms import EntryForm
from techfloor.web.pages import Pages
from techfloor.web.visitor import visitor

pages = Pages("policy", __name__)


class AcceptForm(EntryForm):
    """The one button of the page, and the version that it shows."""

    version = HiddenField()


@pages.page("/me/policy", permission=SIGNED_IN)
def read() -> str:
    """Show the policy in force, and whether this person has accepted it."""
    found = policy.in_force()
    return render_template(
        "house/policy.html",
        policy=found,
        to_accept=must_accept_policy(visitor().person_id),
        form=AcceptForm(version=str(found.version) if found else ""),
    )


@pages.act(
    "/me/policy", permission=SIGNED_IN, action="people:policy:accept", title=_l("Policy accepted"), endpoint="accept"
)
def accept() -> Response:
    """Record the acceptance."""
    shown = AcceptForm().version.data or ""
    if not shown.isdigit():
        raise Refusal("Read the policy, then accept it.")
    accept_policy(visitor().person_id, clock.now(), int(shown))
    flash(_("You have accepted the policy. You can sign now."), "success")
    return redirect("/me/policy", 303)
