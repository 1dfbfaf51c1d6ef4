"""What is due, every place of the house, and search."""

from urllib.parse import quote

from flask import redirect, render_template, request
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from techfloor.house import due, queries
from techfloor.house.first_steps import PUT_AWAY, first_steps
from techfloor.house.house_tiles import tiles_for
from techfloor.house.keepers import kind_titles, record_url
from techfloor.house.running import running
from techfloor.house.settings_pages import CHANGE
from techfloor.house.shell import may_open
from techfloor.places import actions as places
from techfloor.store import search as index
from techfloor.web.access import SIGNED_IN
from techfloor.web.address import dead_host
from techfloor.web.pages import Pages
from techfloor.web.visitor import visitor

pages = Pages("house", __name__)

LINES = 50
PAGE = 50
THINGS_FIRST = 10
"""So much equipment stands before the records that fit."""


@pages.page("/", permission=SIGNED_IN)
def home() -> str:
    """Show what is due for this person and their area."""
    who = visitor()
    tiles = tiles_for(who)
    ordered = due.in_order(tiles)
    lines = [due.line(tile) for tile in ordered[:LINES]]
    more = max(len(ordered) - LINES, 0)
    return render_template(
        "house/home.html",
        lines=lines,
        counts=due.counts(ordered),
        more=more,
        first=first_steps(who),
        dead_host=dead_host() if who.may(CHANGE) else "",
    )


@pages.act(
    "/first-steps/put-away", permission=CHANGE, action="house:first-steps:put-away", title=_l("First steps put away")
)
def put_away() -> Response:
    """Show the list of first steps no more."""
    places.put_away(PUT_AWAY)
    return redirect("/", code=303)


@pages.page("/more", permission=SIGNED_IN)
def more() -> str:
    """Show every place this person may go to, and how this screen is set."""
    own = {
        name: url
        for name, url in (("me", "/me"), ("about", "/about"), ("parts", "/house/parts"))
        if may_open(url, visitor())
    }
    seldom = [duty for duty in running().duties if not duty.in_menu and may_open(duty.home, visitor())]
    return render_template("house/more.html", own=own, seldom=seldom)


@pages.page("/search", permission=SIGNED_IN)
def search() -> str:
    """Find what this person may open of records and equipment, by any of its words."""
    typed, who, titles = request.args.get("q", "").strip()[:200], visitor(), kind_titles()
    hits = [
        (hit.key, hit.title or titles.get(hit.kind, ""), url)
        for hit in _hits(typed)
        if (url := hit_url(hit)) is not None and may_open(url, who)
    ]
    return render_template("house/search.html", typed=typed, hits=hits, full=len(hits) == PAGE)


def _hits(typed: str) -> list[index.Hit]:
    """Return what fits: equipment before its records, and first a code that was typed as people say it, like g14."""
    things, found = index.find(typed, kind="equipment", limit=THINGS_FIRST), index.find(typed, limit=PAGE)
    code = queries.code_as_written(typed)
    named = [hit for hit in index.find(code, kind="equipment", limit=PAGE) if hit.key == code] if code else []
    return list(dict.fromkeys([*named, *things, *found]))[:PAGE]


def hit_url(hit: index.Hit) -> str | None:
    """Return the page of what was found, None when no page shows it."""
    if hit.kind == "equipment":
        return f"/equipment/{quote(hit.key, safe='')}"
    return record_url(hit.key, hit.kind)
