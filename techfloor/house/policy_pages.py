"""The e-signature policy among the settings: its versions, the draft of the next, its approval, who accepted it."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from flask import flash, redirect, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField
from wtforms.validators import Length, Optional

from techfloor import clock
from techfloor.house.settings_pages import SEE, done
from techfloor.people.proof import Proof
from techfloor.places.here import plant, today
from techfloor.records import policy, retention
from techfloor.records.models import Record, Revision
from techfloor.records.policy import PolicyEntry
from techfloor.records.signing import (
    SignatureFacts,
    policy_in_force,
    signature_facts,
    signatures_of,
    stored_content,
)
from techfloor.records.signing_page import SignForm, asking, signed
from techfloor.records.wording import signature_box
from techfloor.refusals import NotFound
from techfloor.reports import documents, paper
from techfloor.reports.issue import IssueFacts
from techfloor.reports.paper import Paper
from techfloor.reports.paper_pages import Leaf, PaperOf, paper_pages
from techfloor.reports.sheets import Fact, FactColumn, Sheet
from techfloor.web.access import SIGNED_IN, permission
from techfloor.web.editing import EditForm, Kept
from techfloor.web.fields import DayField
from techfloor.web.pages import Page, Pages, afterwards, see
from techfloor.web.show import day
from techfloor.web.visitor import visitor

pages = Pages("policies", __name__, url_prefix="/settings/policy")

WRITE, APPROVE = "house:policy", "house:approve-policy"
PERMISSIONS = (
    permission(WRITE, "Write the e-signature policy", "quality"),
    permission(APPROVE, "Approve the e-signature policy", "quality", "administrator"),
)
HOME = "/settings/policy"


class DraftForm(EditForm):
    """The next version of the policy."""

    longest: ClassVar[Mapping[str, int]] = {"text": policy.LONGEST}

    title = StringField(_l("Title"), validators=[Length(max=100)])
    text = TextAreaField(_l("What a person agrees to when they sign"))
    change = StringField(
        _l("What is new"), validators=[Length(max=500)], description=_l("Everybody who accepts it reads this first.")
    )
    effective_from = DayField(
        _l("In force from"), validators=[Optional()], description=_l("Left empty: from the day it is approved.")
    )

    def entry(self) -> PolicyEntry:
        """Return the draft as it was typed."""
        return PolicyEntry(
            self.title.data or "", self.text.data or "", self.change.data or "", self.effective_from.data
        )


def state_of(revision: Revision, on: date, in_force: Revision | None) -> tuple[str, str]:
    """Return look and words of a version on a day of the plant, whether or not that day was written down already."""
    if revision.state == "draft":
        return "waiting", _("Draft")
    if in_force is not None and revision.id == in_force.id:
        return "pass", _("In force")
    if revision.state == "approved" and revision.effective_from and revision.effective_from > on:
        return "info", _("From %(day)s", day=day(revision.effective_from))
    return "waiting", _("Replaced")


@pages.page("", permission=SIGNED_IN)
def index() -> str:
    """Show the policy in force and every version."""
    current, now = policy_in_force(), today()
    lines = [_line(each, now, current) for each in policy.approved()]
    return render_template(
        "house/policy_index.html",
        current=policy.text_of(current) if current else None,
        lines=lines,
        draft=policy.draft_now(),
        may_write=visitor().may(WRITE),
        may_approve=visitor().may(APPROVE),
    )


def _line(revision: Revision, now: date, current: Revision | None) -> dict[str, Any]:
    look, words = state_of(revision, now, current)
    return {
        "version": revision.version,
        "url": f"{HOME}/{revision.version}",
        "look": look,
        "state": words,
        "from": day(revision.effective_from) if revision.effective_from else "–",
        "change": policy.entry_of(revision).change or "–",
    }


@pages.page("/draft", permission=WRITE)
def draft() -> str:
    """Show the draft of the next version; it begins as the one in force."""
    return _draft_page(_draft_form())


def _draft_form() -> DraftForm:
    """Return the form over the draft as it stands now, whoever kept it."""
    begun, current = policy.draft_now(), policy_in_force()
    entry = policy.entry_of(begun) if begun is not None else PolicyEntry(*_words_of(current))
    stands: dict[str, Any] = {
        "title": entry.title,
        "text": entry.text,
        "change": entry.change,
        "effective_from": entry.effective_from,
    }
    as_opened = DraftForm(formdata=None, drafted=False, **stands)
    words = dict.fromkeys(("title", "text", "change"), ("body",))
    return DraftForm(**stands).beside(as_opened, *([Kept("revision", "id", begun.id, words)] if begun else []))


def _words_of(current: Revision | None) -> tuple[str, str]:
    found = policy.text_of(current) if current else None
    return (found.title, found.text) if found else (policy.TITLE, policy.TEXT)


def _draft_page(form: DraftForm) -> str:
    return render_template("house/policy_draft.html", form=form, today=today().isoformat())


@pages.act(
    "/draft",
    permission=WRITE,
    action="records:policy:draft",
    title=_l("Policy drafted"),
    alone="policy",
    endpoint="keep_draft",
)
def keep_draft() -> Page:
    """Keep the draft and go on to its approval."""
    form = _draft_form()
    if form.attempt(lambda: policy.write_draft(form.entry())):
        return done(_("The draft is kept. Read it once more, then approve it."), f"{HOME}/approve")
    return _draft_page(form), form.status


@pages.page("/approve", permission=APPROVE)
def approval() -> Page:
    """Show the draft as it would be signed, and ask for the signature."""
    revision = policy.draft_now()
    if revision is None:
        return redirect(f"{HOME}/draft" if visitor().may(WRITE) else HOME, code=303)
    return _approval_page(revision, asking(_shown_now()))


def _shown_now() -> str:
    revision = policy.draft_now()
    return policy.preview(revision, plant(), clock.now()).sha256 if revision else ""


def _approval_page(revision: Revision, form: SignForm) -> str:
    content = json.loads(policy.preview(revision, plant(), clock.now()).text)
    first_day = date.fromisoformat(content["effective_from"])
    current = policy_in_force()
    return render_template(
        "house/policy_approve.html",
        content=content,
        written_by=policy.writers(revision),
        current=current,
        differs=policy.differences(policy.text_of(current), policy.text_of(revision)) if current else [],
        form=form,
        first_day=first_day,
        barred=policy.barred(revision, visitor().person_id, plant()),
        may_write=visitor().may(WRITE),
        replaced=[(each.version, each.effective_from) for each in policy.waiting_from(first_day, today())],
    )


@pages.act(
    "/approve",
    permission=APPROVE,
    action="records:policy:approve",
    title=_l("Policy approved"),
    endpoint="approve",
)
def approve() -> Page:
    """Approve the draft under a signature; its PDF is issued once that is saved."""

    def deed(proof: Proof, shown: str) -> None:
        revision = policy.draft_now()
        if revision is None:
            raise NotFound("There is no draft to approve.")
        record = policy.approve(revision, proof, plant(), shown_sha256=shown)
        afterwards(lambda: PAPER.issue_apart(record.number))

    form = signed(deed, _shown_now)
    if form is None:
        return see(HOME)
    revision = policy.draft_now()
    if revision is None:
        flash(_("Nothing was signed: somebody else approved this draft meanwhile."), "warning")
        return see(HOME)
    return _approval_page(revision, form), 422


@pages.page("/<int:version>", permission=SIGNED_IN)
def show(version: int) -> str:
    """Show a version with its signature, and to who may see the settings who accepted it when."""
    revision = policy.version(version)
    record = _record(revision)
    may_see = visitor().may(SEE)
    accepted = policy.acceptances(revision.id) if may_see else []
    look, words = state_of(revision, today(), policy_in_force())
    return render_template(
        "house/policy_version.html",
        content=json.loads(stored_content(record.id)),
        written_by=policy.writers(revision),
        record=record,
        legal_holds=retention.on_record(record.id),
        state=(look, words),
        signatures=[signature_box(signature_facts(each)) for each in signatures_of(record.id)],
        accepted=accepted,
        count=sum(each.at is not None for each in accepted),
        may_see=may_see,
        issued=paper.issued(record.id, None),
        may_issue=visitor().may(WRITE),
    )


def _record(revision: Revision) -> Record:
    found = policy.record_of(revision.id)
    if found is None:
        raise NotFound("There is no version %(version)s of this policy.", version=revision.version)
    return found


def sheet(content: Mapping[str, Any], signatures: Sequence[SignatureFacts], issue: IssueFacts, gettext: Any) -> Sheet:
    """Draw a version of the policy from its signed content."""
    words = documents.words_of(content, issue, gettext)
    from_day = gettext("in force from %(day)s") % {"day": words.calendar_day(content["effective_from"])}
    facts = [Fact(gettext("What is new"), content["change"])] if content["change"] else []
    said = documents.Said(
        title=content["title"],
        subtitle=gettext("E-signature policy"),
        answer=gettext("Version %(version)s") % {"version": content["version"]},
        note=from_day,
        facts=(FactColumn(gettext("This version"), tuple(facts)),) if facts else (),
        paragraphs=tuple(line for line in content["text"].splitlines() if line.strip()),
    )
    return documents.sheet(said, content, signatures, issue, words)


PAPER = Paper(policy.KIND, sheet, documents.TEMPLATE)


def _leaf(version: int) -> Leaf:
    heading = _("E-signature policy, version %(version)s", version=version)
    return Leaf(
        _record(policy.version(version)), heading, [(_("Settings"), "/settings"), (_("E-signature policy"), HOME)]
    )


_OF_VERSION = PaperOf(PAPER, lambda version: (policy.number_of(version), version), _leaf)
paper_pages(pages, "/<int:version>", _OF_VERSION, see_it=SIGNED_IN, issue_it=WRITE)
