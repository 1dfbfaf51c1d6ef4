"""From a label to the page: scan or type a code, and open the one thing that is due now."""

from urllib.parse import quote

from flask import redirect, render_template, request
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from werkzeug.wrappers import Response
from wtforms import StringField

from techfloor.house import queries, scanning
from techfloor.house.keepers import record_url
from techfloor.house.running import running
from techfloor.refusals import Refusal
from techfloor.web.access import SIGNED_IN
from techfloor.web.duty import URGENCIES
from techfloor.web.forms import EntryForm
from techfloor.web.pages import Pages
from techfloor.web.visitor import Visitor, visitor

pages = Pages("finding", __name__)

_PLACE = {urgency: place for place, urgency in enumerate((*URGENCIES, ""))}


class ScanForm(EntryForm):
    """A code, typed or shot with a hand scanner, or a photo of its label."""

    code = StringField(_l("Code"), description=_l("It stands beside the QR on the label, like G-014."))
    photo = FileField(_l("Photo of the label"))

    def found(self) -> str:
        """Return the code that was given; raises Refusal when none was."""
        if self.photo.data:
            return scanning.read_photo(self.photo.data.stream)
        code = scanning.code_of(self.code.data or "")
        if not code:
            raise Refusal("Type a code, or take a photo of the label.", field="code")
        return code


@pages.page("/scan", permission=SIGNED_IN)
def scan() -> str:
    """Ask for a code."""
    return render_template("house/scan.html", form=ScanForm(), typing="type" in request.args)


@pages.quiet("/scan", permission=SIGNED_IN, endpoint="read_scan")
def read_scan() -> Response | tuple[str, int]:
    """Read the code that was typed or photographed, and go to what it stands for."""
    form = ScanForm()
    if done := form.attempt(form.found):
        return redirect(f"/e/{quote(done.made, safe='')}", code=303)
    return render_template("house/scan.html", form=form, typing=False), 422


@pages.page("/e/<path:code>", permission=SIGNED_IN)
def open_code(code: str) -> Response | tuple[str, int]:
    """Open the one action that is due now for what this label stands on."""
    wanted = scanning.code_of(code)
    url = where(wanted, visitor())
    if url is None:
        return render_template("house/unknown_code.html", typed=wanted), 404
    return redirect(url, code=303)


def where(typed: str, who: Visitor) -> str | None:
    """Return where a code leads: to what is due on it, the most urgent first, else to a duty's page of it or its own.

    Of what is as urgent, the first duty of the list comes first.
    """
    written = queries.code_as_written(typed)
    leads = [lead for duty in running().duties if (lead := duty.for_code(written or typed, who)) is not None]
    if leads:
        return min(leads, key=lambda lead: _PLACE[lead.urgency]).url
    if written is not None:
        return f"/equipment/{quote(written, safe='')}"
    found = queries.record_named(typed)
    return record_url(*found) if found else None
