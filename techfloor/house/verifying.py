"""Is this paper what was issued, and is it still the current version? Open to everybody who holds the PDF."""

import hashlib
import json
from dataclasses import dataclass

from flask import redirect, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.wrappers import Response
from wtforms import StringField

from techfloor.house.keepers import keepers, kind_titles, record_url
from techfloor.house.running import running
from techfloor.house.shell import may_open
from techfloor.records.lifecycle import State
from techfloor.records.versions import Version
from techfloor.records.wording import signature_box
from techfloor.reports import issue
from techfloor.reports.claims import codes_in
from techfloor.said import in_words
from techfloor.web.access import OPEN
from techfloor.web.pages import Pages
from techfloor.web.rates import PAPER
from techfloor.web.show import day, to_the_second
from techfloor.web.visitor import caller

pages = Pages("verify", __name__)

_LONGEST_CODE = 40
"""More of what was typed is not shown again: it would stand in an address."""

View = str | Response | tuple[str, int]


class VerifyForm(FlaskForm):  # type: ignore[misc]
    """The code that stands on a PDF, or the PDF itself."""

    code = StringField(_l("Code"), description=_l("It stands beside the QR at the foot of the page, 12 signs."))
    file = FileField(_l("Or the PDF file"), description=_l("It is compared with what was issued, and not kept."))


@pages.page("/verify", permission=OPEN)
def ask() -> str:
    """Ask for a code or a file."""
    return render_template("house/verify.html", form=VerifyForm())


@pages.quiet("/verify", permission=OPEN, endpoint="look_up", cost=PAPER)
def look_up() -> View:
    """Look up a typed code, or compare an uploaded file with the bytes that were issued."""
    form = VerifyForm()
    if not form.validate():
        return render_template("house/verify.html", form=form), 422
    if form.file.data:
        return _compare(form)
    code = issue.normal_code(form.code.data or "")[:_LONGEST_CODE]
    if code:
        return redirect(f"/verify/{code}", code=303)
    form.code.errors = [_("Type the code that stands on the PDF, or choose the file.")]
    return render_template("house/verify.html", form=form), 422


def _compare(form: VerifyForm) -> View:
    data = form.file.data.stream.read()
    found = issue.find_file(hashlib.sha256(data).hexdigest())
    if found is not None:
        return _show(found, same_bytes=True)
    claimed = next((each for each in map(_issued_under, codes_in(data)) if each is not None), None)
    if claimed is not None:
        return _changed(form, *claimed)
    form.file.errors = [
        _(
            "No PDF with exactly these bytes was issued here. It was changed after it was issued, "
            "or it is from elsewhere. Look its code up to see what was issued."
        )
    ]
    return render_template("house/verify.html", form=form), 422


def _issued_under(code: str) -> tuple[str, issue.Verification] | None:
    found = issue.find(code)
    return (code, found) if found else None


def _changed(form: VerifyForm, code: str, claimed: issue.Verification) -> View:
    """Say which certificate a changed file claims to be; its code stands ready to be looked up."""
    form.code.data = code
    form.file.errors = [
        _(
            "This file says it is %(number)s, issue %(issue)s, but it is not the file that was issued: do not rely on "
            "it. Press Check to see what was issued under its code.",
            number=claimed.number,
            issue=claimed.issue_no,
        )
    ]
    return render_template("house/verify.html", form=form), 422


@pages.page("/verify/<code>", permission=OPEN)
def show(code: str) -> View:
    """Say what was issued under a code, and whether it is still current."""
    found = issue.find(code)
    if found is None:
        form = VerifyForm(code=code[:40])
        form.code.errors = [_("No PDF was ever issued here with this code. Check it sign by sign.")]
        return render_template("house/verify.html", form=form), 404
    return _show(found, same_bytes=False)


def _show(found: issue.Verification, *, same_bytes: bool) -> str:
    on_paper = {kind: keeper.on_paper for keeper in keepers() for kind in keeper.record_kinds}
    boxes = [signature_box(each) for each in found.signatures]
    facts = on_paper[found.kind](json.loads(found.content)) if found.content and found.kind in on_paper else []
    return render_template(
        "house/verified.html",
        found=found,
        kind=kind_titles().get(found.kind, found.kind),
        facts_on_paper=facts,
        boxes=boxes,
        answer=_answer(found, same_bytes=same_bytes),
    )


@dataclass(frozen=True)
class Answer:
    """Whether a paper is good: its look, the answer in a few words, and what to do."""

    kind: str
    title: str
    words: str


def _answer(found: issue.Verification, *, same_bytes: bool) -> Answer:
    """Return the worst that is to be said of a paper, else that it is current."""
    broken = _broken(found)
    if broken is not None:
        return broken
    if found.state == State.REJECTED:
        return Answer("fail", _("Rejected"), _("The plant rejected this record in its review. Do not rely on it."))
    if found.replaced_by is not None:
        return _replaced(found, found.replaced_by)
    since = _since_signed(found)
    if found.state != State.CLOSED:
        return Answer("caution", _("Not closed"), " ".join((_("This record waits for its review."), *since)))
    current = _current(found, same_bytes=same_bytes)
    if since:
        return Answer("caution", _("Issued here, but what it rests on changed since"), " ".join((*since, current)))
    return Answer("pass", _("Issued here, version current"), current)


def _since_signed(found: issue.Verification) -> list[str]:
    """Say what became since of what a record rests on."""
    keeper = next((duty for duty in running().duties if found.kind in duty.record_kinds), None)
    return [] if keeper is None else [in_words(each) for each in keeper.since_signed(found.record_id)]


def _may_read(found: issue.Verification) -> bool:
    """Tell whether somebody is signed in who may open the record."""
    who, url = caller().visitor, record_url(found.number, found.kind)
    return who is not None and url is not None and may_open(url, who)


def _broken(found: issue.Verification) -> Answer | None:
    """Say what is kept otherwise than it was signed, issued or entered; None where all of it agrees."""
    if found.content is None:
        words = _("What is kept here is not what was signed and issued. Tell the plant.")
        return Answer("fail", _("The content does not hold"), words)
    if not found.trail_holds:
        words = _("What was issued and what is kept here no longer agree. Tell the plant.")
        return Answer("fail", _("The trail does not hold this issue"), words)
    if not found.rows_hold:
        words = _("What is kept here is not what was entered and signed. Do not rely on it, and tell the plant.")
        return Answer("fail", _("The record does not hold"), words)
    return None


def _replaced(found: issue.Verification, by: Version) -> Answer:
    """Say which version counts in its place, since when and why, and where the review of that is still to come.

    Why a record was entered in error are words of the plant's own: who may open the record reads them.
    """
    what = {
        "version": by.version,
        "moment": day(found.replaced_from) if found.replaced_from else to_the_second(by.since),
    }
    said = [_("Withdrawn by version %(version)s since %(moment)s. Do not rely on it.", **what)]
    if not by.in_error:
        said = [_("Replaced by version %(version)s since %(moment)s. Ask the plant for it.", **what)]
    if by.reason and (_may_read(found) or not by.in_error):
        said.append(_("The reason: %(reason)s", reason=by.reason))
    if by.waits:
        said.append(_("The review of version %(version)s is still waiting.", **what))
    words = " ".join(each if each.endswith(".") else f"{each}." for each in said)
    return Answer("fail", _("Entered in error"), words) if by.in_error else Answer("caution", _("Replaced"), words)


def _current(found: issue.Verification, *, same_bytes: bool) -> str:
    if found.issue_no != found.newest_issue:
        words = _("Issue %(issue)s; the same version was issued again later, as issue %(newest)s.")
        return str(words % {"issue": found.issue_no, "newest": found.newest_issue})
    if same_bytes:
        return str(_("The file is exactly the one that was issued."))
    return str(_("Compare what stands below with your paper, or upload the PDF."))
