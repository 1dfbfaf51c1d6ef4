"""The words of a calibration that is amended: its condition, whether it had settled, what was adjusted."""

from flask import render_template
from flask_babel import lazy_gettext as _l

from techfloor.duties.calibration import amending
from techfloor.duties.calibration.bench import Bench, bench_of
from techfloor.duties.calibration.forms import WordsForm
from techfloor.duties.calibration.views.pages import pages
from techfloor.duties.calibration.views.way import allowed, away, elsewhere, next_url
from techfloor.web.pages import Page, see
from techfloor.web.visitor import visitor


@pages.page("/<number>/words", permission="calibration:log")
def words(number: str) -> Page:
    """Ask for the right words; a first version says them where it is begun and where it is adjusted."""
    bench = allowed(bench_of(number))
    if not_here := elsewhere(bench):
        return not_here
    if bench.amends is None:
        return see(next_url(bench))
    form = WordsForm()
    if not form.restored:
        form.show(bench.body)
    return _page(bench, form)


@pages.act(
    "/<number>/words",
    permission="calibration:log",
    action="calibration:words:amend",
    title=_l("Words amended"),
    endpoint="words_post",
)
def words_post(number: str) -> Page:
    """Keep the right words in the amendment."""
    bench, form = allowed(bench_of(number)), WordsForm()
    if form.attempt(lambda: amending.amend_words(number, form.entry(), actor=visitor().person_id)):
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
