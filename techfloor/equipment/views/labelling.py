"""The labels of equipment: one from its page, or those of all that a list shows."""

from typing import Any

from flask import Response, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as WerkzeugResponse

from techfloor.equipment import queries
from techfloor.equipment.label_sizes import SIZES, USUAL
from techfloor.equipment.labels import LABEL, LABELS, SORT_WORDS, Choice, Sort, drawn, pdf_of, put_together, size_words
from techfloor.equipment.lists import fitting
from techfloor.equipment.narrowing import narrowed_to
from techfloor.equipment.picking import Listed, picked
from techfloor.equipment.shapes import ItemView
from techfloor.equipment.statuses import MEASURE, Kind
from techfloor.equipment.views.common import READ, may, page_of, pages
from techfloor.equipment.views.seeing import asked_for
from techfloor.equipment.wording import KIND_WORDS
from techfloor.places.here import today
from techfloor.refusals import Refusal
from techfloor.reports import jobs
from techfloor.reports.job_runner import wake_afterwards
from techfloor.web.address import dead_host, paper_base
from techfloor.web.forms import refusal_text
from techfloor.web.lists import address
from techfloor.web.pages import Page, see
from techfloor.web.visitor import by_whom

AT_ONCE = 20
"""So many labels are drawn while one waits; more are made in the background."""


def _given(default: Sort = Sort.IDENTITY) -> dict[str, str]:
    """Return what stands in the boxes, whichever button sent them."""
    return {
        "labels": request.values.get("labels", default.value),
        "size": request.values.get("size", USUAL),
        "start": request.values.get("start", ""),
        "codes": request.values.get("codes", ""),
    }


def _boxes(given: dict[str, str], no: Refusal | None) -> dict[str, dict[str, Any]]:
    """Return the boxes of the choice, with what was refused beside its own."""
    titles = {
        "labels": _("Label"),
        "size": _("On"),
        "start": _("First free label of the sheet"),
        "codes": _("Only these codes"),
    }
    return {
        name: {
            "id": name,
            "name": name,
            "label": titles[name],
            "data": given[name],
            "errors": [refusal_text(no)] if no is not None and no.field == name else [],
        }
        for name in titles
    }


def _chosen(given: dict[str, str]) -> tuple[Choice, Refusal | None]:
    try:
        return Choice.of(given), None
    except Refusal as no:
        return Choice.of({"labels": Sort.IDENTITY.value, "size": USUAL}), no


def _page(template: str, given: dict[str, str], none_picked: Refusal | None = None, **named: Any) -> Page:
    choice, no = _chosen(given)
    no = no or none_picked
    errors = [(no.field, refusal_text(no))] if no else []
    page = render_template(
        template,
        box=_boxes(given, no),
        sorts=[(sort.value, words) for sort, words in SORT_WORDS.items()],
        sizes=[(size.key, size_words(size)) for size in SIZES],
        errors=errors,
        dead_host=dead_host() if may(MEASURE) and choice.sort is Sort.IDENTITY else "",
        **_shown(choice, **named),
    )
    return (page, 422) if no else page


def _shown(choice: Choice, item: ItemView | None = None, **named: Any) -> dict[str, Any]:
    drawing = drawn(item, choice) if item else None
    url = f"{paper_base()}/e/{item.code}" if item and choice.sort is Sort.IDENTITY else ""
    without = bool(drawing and url and not drawing.module)
    return {"choice": choice, "item": item, "drawing": drawing, "url": url, "without_code": without, **named}


@pages.page("/<code>/label", permission=READ)
def label(code: str) -> Page | WerkzeugResponse:
    """Show the label of a piece of equipment as it is printed, and let its kind and size be chosen."""
    item = queries.by_code(code)
    if code != item.code:
        return redirect(f"{page_of(item)}/label", code=301)
    return _label_page(item)


def _label_page(item: ItemView) -> Page:
    return _page("equipment/label.html", _given(), item=item, pdf=f"{page_of(item)}/label.pdf")


@pages.page("/<code>/label.pdf", permission=READ)
def label_pdf(code: str) -> Response | Page:
    """Send the label of a piece of equipment, ready to print at its size."""
    item = queries.by_code(code)
    choice, no = _chosen(_given())
    return _label_page(item) if no else _sent([item], choice, f"{code.upper()}-label")


def _sent(items: list[ItemView], choice: Choice, name: str) -> Response:
    title = ", ".join(item.code for item in items[:3]) + (", …" if len(items) > 3 else "")
    made = pdf_of([drawn(item, choice) for item in items], title)
    response = Response(put_together([made], title, choice), mimetype="application/pdf", direct_passthrough=True)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response


# --- many ---


def _fitting(most: int) -> list[Listed]:
    """Return what the list shows, or what was picked of it; at most one more than `most`. Raises Refusal."""
    kind, wanted = asked_for("/equipment/labels")
    codes = _given()["codes"]
    listed = fitting(narrowed_to(kind, wanted, today()), WHOLE if codes.strip() else most)
    return picked(listed, codes)[: most + 1]


WHOLE = 100_000
"""So long a list is looked through for codes that were typed."""


@pages.page("/labels", permission=LABEL)
def labels() -> Page:
    """Ask which labels are wanted of all that a list shows."""
    return _asking()


def _asking() -> Page:
    try:
        return _labels_page(_fitting(jobs.MOST_LINES))
    except Refusal as no:
        return _labels_page([], no)


def _labels_page(found: list[Listed], none_picked: Refusal | None = None) -> Page:
    kind, wanted = asked_for("/equipment/labels")
    given = _given(Sort.STATUS if kind == Kind.GAUGE else Sort.IDENTITY)
    narrowed = {**wanted.kept, **wanted.values, "q": wanted.words}
    first = queries.by_id(found[0][0]) if found else None
    return _page(
        "equipment/labels.html",
        given,
        none_picked,
        item=first,
        count=len(found),
        at_once=len(found) <= AT_ONCE,
        too_many=len(found) > jobs.MOST_LINES,
        most=jobs.MOST_LINES,
        narrowed=narrowed,
        action=address("/equipment/labels", **narrowed),
        back=address("/equipment/", **narrowed),
        titles=KIND_WORDS[Kind(kind)],
    )


@pages.page("/labels.pdf", permission=LABEL)
def labels_pdf() -> Response | Page:
    """Send the labels of all that a short list shows."""
    try:
        found, choice = _fitting(AT_ONCE), Choice.of(_given())
    except Refusal:
        return _asking()
    if not 0 < len(found) <= AT_ONCE:
        return _asking()  # it says that there is none, or has the button that makes many
    return _sent([queries.by_id(each) for each, _code in found], choice, "labels")


@pages.act(
    "/labels", permission=LABEL, action="equipment:labels:ask", title=_l("Labels asked for"), endpoint="ask_labels"
)
def ask_labels() -> Page:
    """Have the labels made of all that a list shows."""
    try:
        found, choice = _fitting(jobs.MOST_LINES), Choice.of(_given())
    except Refusal:
        return _asking()
    job = jobs.ask(LABELS, found, choice.given(), **by_whom())
    wake_afterwards()
    return see(f"/jobs/{job.id}")
