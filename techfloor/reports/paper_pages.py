"""The paper of a document, the same for every kind of it: issued at a button, shown within a page, served as issued."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response as FlaskResponse
from flask import render_template, request
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from techfloor.records.models import Record
from techfloor.refusals import NotFound
from techfloor.reports import paper
from techfloor.reports.paper import Paper
from techfloor.web.pages import Pages, see


@dataclass(frozen=True)
class Leaf:
    """A document whose paper is shown: its record, what the page says over it, and the way there."""

    record: Record
    heading: str
    crumbs: list[tuple[str, str]]


@dataclass(frozen=True)
class PaperOf:
    """A kind of document: its paper, and what the arguments of its addresses stand for.

    `named` gives number and version, the one that stands for None, and reads nothing in the act under way.
    """

    paper: Paper
    named: Callable[..., tuple[str, int | None]]
    leaf: Callable[..., Leaf]


def paper_pages(pages: Pages, rule: str, kind: PaperOf, *, see_it: str, issue_it: str, name: str = "") -> None:
    """Register what is done with the paper of a document whose own page stands at `rule`.

    `name` begins the names of the endpoints, where a blueprint has the papers of several kinds.
    """

    @pages.act(
        f"{rule}/pdf",
        permission=issue_it,
        action="reports:pdf:issue",
        title=_l("PDF issued"),
        endpoint=f"{name}issue_pdf",
    )
    def issue_pdf(**named: str | int) -> Response:
        kind.paper.issue_in_act(*kind.named(**named))
        return see(request.path.removesuffix("/pdf"))

    @pages.page(f"{rule}/paper", permission=see_it, endpoint=f"{name}paper")
    def show_paper(**named: str | int) -> str:
        leaf, own = kind.leaf(**named), request.path.removesuffix("/paper")
        return render_template(
            "house/paper.html",
            number=leaf.record.number,
            heading_words=leaf.heading,
            pdf=f"{own}.pdf",
            back=own,
            crumbs=leaf.crumbs,
        )

    @pages.page(f"{rule}.pdf", permission=see_it, endpoint=f"{name}pdf")
    def pdf(**named: str | int) -> FlaskResponse:
        issued = paper.issued(kind.leaf(**named).record.id, None)
        if issued is None:
            raise NotFound("This PDF has not been issued yet. Open its page and make it.")
        return paper.served(issued)
