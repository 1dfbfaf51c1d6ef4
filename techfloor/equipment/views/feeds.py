"""Calendar feeds: who may makes and revokes them; a calendar program opens one without signing in."""

from flask import Response, flash, g, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from techfloor import clock
from techfloor.equipment import feeds
from techfloor.equipment.narrowing import area_choices
from techfloor.equipment.views.common import FEED
from techfloor.places.here import plant
from techfloor.places.models import Area
from techfloor.refusals import NotFound, Refusal
from techfloor.store import db
from techfloor.web.access import OPEN
from techfloor.web.address import dead_host, paper_base
from techfloor.web.fields import options
from techfloor.web.forms import EntryForm
from techfloor.web.pages import Page, Pages, see
from techfloor.web.visitor import by_whom

pages = Pages("calendar", __name__, url_prefix="/calendar")


class FeedForm(EntryForm):
    """Which due days a calendar shows."""

    area = SelectField(_l("Due days of"), choices=[], validate_choice=False)

    def area_id(self) -> int | None:
        """Return the area that was chosen, None for the whole plant; raises Refusal."""
        chosen = str(self.area.data or "")
        if chosen not in {choice.value for choice in self.area.choices}:
            raise Refusal("Choose an area from the list.", field="area")
        return int(chosen) if chosen else None


def _form(form: FeedForm) -> FeedForm:
    form.area.choices = options(("", _("the whole plant")), *area_choices()[1:])
    return form


def _page(form: FeedForm, made: str = "") -> str:
    return render_template("equipment/feeds.html", form=form, feeds=feeds.standing(), made=made, dead_host=dead_host())


@pages.page("", permission=FEED)
def index() -> str:
    """List the calendar feeds, and offer another one."""
    return _page(_form(FeedForm(formdata=None)))


@pages.act("", permission=FEED, action="equipment:feed:make", title=_l("Calendar feed made"), endpoint="make")
def make() -> Page:
    """Make a feed and show its address, this once."""
    form = _form(FeedForm())
    done = form.attempt(lambda: feeds.make(form.area_id(), **by_whom()))
    if not done:
        return _page(form), 422
    return _page(_form(FeedForm(formdata=None)), f"{paper_base()}/calendar/{done.made}.ics")


@pages.act(
    "/<int:feed_id>/revoke",
    permission=FEED,
    action="equipment:feed:revoke",
    title=_l("Calendar feed revoked"),
)
def revoke(feed_id: int) -> Page:
    """End a feed."""
    feeds.revoke(feed_id, **by_whom())
    flash(_("The feed is revoked. Calendars that read it show nothing new from now on."), "success")
    return see("/calendar")


@pages.page("/<secret>.ics", permission=OPEN)
def read(secret: str) -> Response:
    """Give due days to a calendar program, and nothing else of the plant."""
    if g.plant is None:
        raise NotFound("There is no such calendar.")
    feed = feeds.of_secret(secret)
    response = Response(mimetype="text/calendar")
    tag = feeds.state(feed)
    response.set_etag(tag, weak=True)
    if not request.if_none_match.contains_weak(tag):
        response.set_data(_written(feed.area_id))
    response.headers["Cache-Control"] = "private, no-cache"
    return response.make_conditional(request)  # type: ignore[return-value]


def _written(area_id: int | None) -> bytes:
    area = db.session.get(Area, area_id) if area_id is not None else None
    name = _("Due: %(place)s", place=area.name if area else plant().name)
    base = "" if dead_host() else paper_base()
    days = [(each, _words(each), f"{base}/e/{each.code}" if base else "") for each in feeds.due_days(area_id)]
    return feeds.calendar(name, plant().zone, days, clock.now())


def _words(each: feeds.DueDay) -> str:
    return str(_("%(code)s %(name)s is due", code=each.code, name=each.name))
