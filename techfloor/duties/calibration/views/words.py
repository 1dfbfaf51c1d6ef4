"""The words of a calibration under way: its condition, whether it had settled; in an amendment what was adjusted."""

from flask import render_template
from flask_babel import lazy_gettext as _l

from techfloor import clock
from techfloor.duties.calibration.actions import work as actions
from techfloor.duties.calibration.forms.work import WordsForm
from techfloor.duties.calibration.queries.bench import Bench, bench_of
from techfloor.duties.calibration.views.pages import pages
from techfloor.duties.calibration.views.way import allowed, away, elsewhere
from techfloor.web.pages import Page, see
from techfloor.web.visitor import visitor


@pages.page("/<number>/words", permission="calibration:log")
def words(number: str) -> Page:
    """Ask for the right words, and why they were not."""
    bench = allowed(bench_of(number))
    if not_here := elsewhere(bench):
        return not_here
    form = WordsForm()
    if not form.restored:
        form.show(bench.body)
    return _page(bench, form)


@pages.act(
    "/<number>/words",
    permission="calibration:log",
    action="calibration:words:change",
    reason="reason",
    title=_l("Words changed"),
    endpoint="words_post",
)
def words_post(number: str) -> Page:
    """Keep the right words."""
    bench, form = allowed(bench_of(number)), WordsForm()
    actor, at = visitor().person_id, clock.now()
    if form.attempt(lambda: actions.change_words(number, form.entry(), actor=actor, at=at)):
        return see(f"/calibration/{number}/next")
    return _page(bench, form), 422


def _page(bench: Bench, form: WordsForm) -> str:
    return render_template(
        "calibration/words.html",
        bench=bench,
        form=form,
        errors=form.problems(),
        away=away(bench),
        owner=visitor().person_id,
    )
