"""The review of access: the report of who may come in, its signature, the reviews before, as page, PDF and CSV."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Response, make_response, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from techfloor import clock
from techfloor.people.proof import Proof
from techfloor.people.roles import role_title
from techfloor.places.here import plant, today
from techfloor.records import access_review, retention
from techfloor.records.signing import SignatureFacts, signature_facts, signatures_of, stored_content
from techfloor.records.signing_page import SignForm, asking, signed
from techfloor.records.wording import signature_box
from techfloor.reports import documents, paper
from techfloor.reports.issue import IssueFacts
from techfloor.reports.paper import Paper
from techfloor.reports.paper_pages import Leaf, PaperOf, paper_pages
from techfloor.reports.sheets import Cell, Column, Row, Sheet, Table
from techfloor.reports.spreadsheet import csv_bytes
from techfloor.web.access import permission
from techfloor.web.pages import Page, Pages, afterwards, see
from techfloor.web.show import iso_day
from techfloor.web.visitor import visitor

pages = Pages("access", __name__, url_prefix="/people/access")

SEE, REVIEW = "house:see-access", "house:review-access"
PERMISSIONS = (
    permission(SEE, "See the report of who may come in", "quality", "auditor", "administrator"),
    permission(REVIEW, "Review who may come in, and sign it", "quality", "administrator"),
)
HOME = "/people/access"

COLUMNS = ("name", "user_name", "roles", "area", "since", "last_day", "last_sign_in", "ways", "policy", "state")


def _heads(gettext: Any) -> dict[str, str]:
    return {
        "name": gettext("Name"),
        "user_name": gettext("User name"),
        "roles": gettext("Roles"),
        "area": gettext("Area"),
        "since": gettext("Here since"),
        "last_day": gettext("Last day"),
        "last_sign_in": gettext("Last sign-in"),
        "ways": gettext("Ways in"),
        "policy": gettext("Policy accepted"),
        "state": gettext("State"),
    }


def lines(content: Mapping[str, Any], write_day: Any, gettext: Any) -> list[dict[str, str]]:
    """Return the persons of a report in words."""
    ways = {
        "password": gettext("password"),
        "pin": gettext("PIN"),
        "badge": gettext("badge"),
        "code": gettext("one-time code"),
    }
    # A sign-in of today does not change what is being looked through, and does not count in it.
    none_yet = gettext("none before %(day)s") % {"day": write_day(content["day"])}
    return [
        {
            "name": person["name"],
            "user_name": person["user_name"],
            "roles": ", ".join(role_title(role) for role in person["roles"]) or "–",
            "area": person["area"] or gettext("Whole plant"),
            "since": write_day(person["since"]),
            "last_day": write_day(person["last_day"]) if person["last_day"] else "–",
            "last_sign_in": write_day(person["last_sign_in"]) if person["last_sign_in"] else none_yet,
            "ways": ", ".join(ways[way] for way in person["ways"]) or gettext("none"),
            "policy": _accepted(person, content, gettext),
            "state": _state(person, content["day"], gettext),
            "outdated": "y" if access_review.is_outdated(person, content) else "",
        }
        for person in content["persons"]
    ]


def _accepted(person: Mapping[str, Any], content: Mapping[str, Any], gettext: Any) -> str:
    if not person["policy"]:
        return "–"
    words = gettext("version %(version)s") % {"version": person["policy"]}
    outdated = access_review.is_outdated(person, content)
    return str(gettext("%(version)s, outdated") % {"version": words} if outdated else words)


def _state(person: Mapping[str, Any], day: str, gettext: Any) -> str:
    if not person["active"]:
        return str(gettext("deactivated"))
    if not access_review.may_come_in(person, day):
        return str(gettext("last day is over"))
    return str(gettext("locked") if person["locked"] else gettext("active"))


@pages.page("", permission=SEE)
def index() -> str:
    """Show the report as it stands now, when it was reviewed last, and the question to who reviews."""
    return _page(asking(_shown_now()) if visitor().may(REVIEW) else None)


def _shown_now() -> str:
    return access_review.preview(plant(), clock.now()).sha256


def _page(form: SignForm | None) -> str:
    content = json.loads(access_review.preview(plant(), clock.now()).text)
    before = access_review.reviews()
    return render_template(
        "people/access.html",
        content=content,
        heads=_heads(_),
        lines=_with_today(lines(content, iso_day, _)),
        count=sum(access_review.may_come_in(each, content["day"]) for each in content["persons"]),
        reviews=before,
        due=access_review.due_since(plant(), today()),
        form=form,
    )


def _with_today(found: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the persons with what came after the report's evening, for the page alone."""
    later = access_review.today_of(plant(), clock.now())
    return [
        {
            **line,
            "now": _("signed in now") if line["user_name"] in later.signed_in else "",
            "accepted_today": _("version %(version)s today", version=later.accepted[line["user_name"]])
            if line["user_name"] in later.accepted
            else "",
        }
        for line in found
    ]


@pages.act(
    "/review",
    permission=REVIEW,
    action="records:access:review",
    title=_l("Access reviewed"),
    endpoint="review",
)
def review() -> Page:
    """Sign the report as reviewed; its PDF is issued once that is saved."""
    made: list[str] = []

    def deed(proof: Proof, shown: str) -> None:
        number = access_review.sign(proof, plant(), shown_sha256=shown).number
        made.append(number)
        afterwards(lambda: PAPER.issue_apart(number))

    form = signed(deed, _shown_now)
    return see(f"{HOME}/{made[0]}") if form is None else (_page(form), 422)


@pages.page("/report.csv", permission=SEE)
def as_csv() -> Response:
    """Give the report as a table."""
    content = json.loads(access_review.preview(plant(), clock.now()).text)
    heads = _heads(_)
    rows = [[line[name] for name in COLUMNS] for line in lines(content, str, _)]
    response = make_response(csv_bytes([heads[name] for name in COLUMNS], rows))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="access-{content["day"]}.csv"'
    return response


@pages.page("/<number>", permission=SEE)
def show(number: str) -> str:
    """Show a review as it was signed."""
    record = access_review.record(number)
    content = json.loads(stored_content(record.id))
    return render_template(
        "people/access_review.html",
        content=content,
        heads=_heads(_),
        lines=lines(content, iso_day, _),
        record=record,
        legal_holds=retention.on_record(record.id),
        signatures=[signature_box(signature_facts(each)) for each in signatures_of(record.id)],
        issued=paper.issued(record.id, None),
        may_issue=visitor().may(REVIEW),
    )


def sheet(content: Mapping[str, Any], signatures: Sequence[SignatureFacts], issue: IssueFacts, gettext: Any) -> Sheet:
    """Draw a review from its signed content."""
    words = documents.words_of(content, issue, gettext)
    heads = _heads(gettext)
    shown = ("name", "roles", "area", "since", "last_sign_in", "ways", "policy", "state")
    rows = [
        Row((Cell(f"{line['name']} ({line['user_name']})"), *(Cell(line[name]) for name in shown[1:])))
        for line in lines(content, lambda day: _on_one_line(words.calendar_day(day)), gettext)
    ]
    may = sum(access_review.may_come_in(each, content["day"]) for each in content["persons"])
    persons = Table(
        gettext("Persons"),
        tuple(Column(heads[name]) for name in shown),
        tuple(rows),
        _counted(content, words, gettext),
    )
    said = documents.Said(
        title=gettext("Review of access"),
        subtitle=gettext("Who may come in, how and with which roles, on %(day)s")
        % {"day": words.calendar_day(content["day"])},
        answer=gettext("%(count)s may come in") % {"count": may},
        note=gettext("%(count)s persons in all") % {"count": len(content["persons"])},
        facts=(),
        tables=(persons, _tablet_table(content, words, gettext)),
    )
    return documents.sheet(said, content, signatures, issue, words)


def _counted(content: Mapping[str, Any], words: Any, gettext: Any) -> str:
    until = gettext("Sign-ins and acceptances are those before %(day)s.") % {"day": words.calendar_day(content["day"])}
    if not content.get("policy"):
        return str(until)
    in_force = gettext("Version %(version)s of the policy is in force.") % {"version": content["policy"]}
    return f"{until} {in_force}"


def _on_one_line(text: str) -> str:
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def _tablet_table(content: Mapping[str, Any], words: Any, gettext: Any) -> Table:
    rows = [
        Row(tuple(Cell(text) for text in (each["name"], each["area"], each["by"], _day(each["at"], words))))
        for each in content["tablets"]
    ]
    heads = (gettext("Tablet"), gettext("Area"), gettext("Enrolled by"), gettext("Enrolled"))
    return Table(gettext("Shared tablets"), tuple(Column(head) for head in heads), tuple(rows))


def _day(text: str, words: Any) -> str:
    return str(words.day(datetime.fromisoformat(text)))


PAPER = Paper(access_review.KIND, sheet, documents.TEMPLATE)


def _leaf(number: str) -> Leaf:
    heading = _("Review of access %(number)s", number=number)
    return Leaf(access_review.record(number), heading, [(_("People"), "/people/"), (_("Review of access"), HOME)])


_OF_NUMBER = PaperOf(PAPER, lambda number: (number, None), _leaf)
paper_pages(pages, "/<number>", _OF_NUMBER, see_it=SEE, issue_it=REVIEW)
