"""The pages of imports: choose a file, match its columns, look through what it would do, bring it in."""

from dataclasses import dataclass
from typing import Any

from flask import Response, current_app, flash, make_response, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import FileField, HiddenField, SelectField
from wtforms.validators import ValidationError

from techfloor import store
from techfloor.imports import actions, matching
from techfloor.imports.files import CSV, ENDINGS, kind_of, read_file
from techfloor.imports.models import ImportRun
from techfloor.imports.planning import DryRun, Line, codes, dry_run, told
from techfloor.imports.registry import importer_of, offered
from techfloor.imports.sheet import MOST_ROWS, Sheet
from techfloor.records.attachments import MEGABYTE, CleanFile, KeptFile, clean_name
from techfloor.records.uploads import UploadForm, hand_out, kept_by_name, name_kept
from techfloor.refusals import NotFound, Refusal
from techfloor.reports.spreadsheet import csv_bytes
from techfloor.web.access import permission
from techfloor.web.forms import EntryForm, refusal_text
from techfloor.web.importing import Deed, Importer, Values
from techfloor.web.lists import address
from techfloor.web.pages import Page, Pages
from techfloor.web.rates import PAPER
from techfloor.web.visitor import by_whom

RUN = "imports:run"
PERMISSIONS = (
    permission(RUN, "Bring in gauges, standards, people and history from a sheet", "quality", "administrator"),
)
pages = Pages("imports", __name__, url_prefix="/imports")

SHOWN = 200
"""So many rows of each sort the dry run shows."""
LONGEST_CODE = 40
_COLUMN = "c"
_OF_WORKBOOKS = (".xlsx", ".xlsm", ".xls")
_SIGNS = {"new": ("pass", _l("New")), "changed": ("info", _l("Changed")), "refused": ("fail", _l("Refused"))}


class FileForm(UploadForm):
    """What is brought in, and its file."""

    what = SelectField(_l("What do you bring in?"), choices=[], validate_choice=False)
    file = FileField(_l("File"), description=_l("CSV or XLSX, with the names of the columns in its first row."))

    def validate_what(self, field: SelectField) -> None:
        """Refuse what is not offered."""
        if field.data not in {each.key for each in offered()}:
            raise ValidationError(_("Choose one from the list."))

    kinds = tuple(ENDINGS)

    def look_at(self, name: str, data: bytes, largest: int) -> CleanFile:
        """Return the file as it is; raises Refusal for one that holds no table."""
        if len(data) > largest:
            raise Refusal(
                "The file is larger than %(most)s MB. Split it and bring in one part after the other.",
                field="file",
                most=largest // MEGABYTE,
            )
        media_type = kind_of(data)
        if media_type == CSV and name.casefold().endswith(_OF_WORKBOOKS):
            words = "This is no workbook, as its name says. Save the sheet again, and choose that file."
            raise Refusal(words, field="file")
        read_file(data)
        return CleanFile(clean_name(name, media_type, ENDINGS[media_type]), media_type, data)


class ConfirmForm(EntryForm):
    """The file that was looked through, how its columns were matched, and the hash of what was shown."""

    file = HiddenField()
    columns = HiddenField()
    shown = HiddenField()


@pages.page("/", permission=RUN)
def index() -> str:
    """Offer what can be brought in, and list what was."""
    form = _file_form(formdata=None)
    form.what.process_data(request.args.get("what", ""))
    return _index_page(form)


def _file_form(**given: Any) -> FileForm:
    form = FileForm(**given)
    form.what.choices = [(each.key, str(each.title)) for each in offered()]
    return form


def _index_page(form: FileForm) -> str:
    kinds = offered()
    titles = {each.key: str(each.title) for each in kinds}
    runs = [(run, titles[run.kind], by) for run, by in actions.newest_runs([each.key for each in kinds])]
    return render_template(
        "imports/index.html", form=form, kinds=kinds, runs=runs, most=MOST_ROWS, errors=form.problems()
    )


@pages.quiet("/", permission=RUN, endpoint="look", cost=PAPER)
def look() -> Page:
    """Take the file, and go to what it would do; nothing is kept of the plant."""
    form = _file_form()
    file = form.file_given()
    if not form.complete(file, _("Choose a file.")) or file is None:
        return _index_page(form), 422
    importer = importer_of(str(form.what.data))
    return redirect(address(f"/imports/{importer.key}/check", file=name_kept(file, FileForm.purpose())), 303)


@dataclass(frozen=True)
class Looked:
    """A file that is looked through: its table, how its columns are matched, and what is wrong with that."""

    importer: Importer
    file: KeptFile
    sheet: Sheet
    matched: dict[int, str]
    problem: str

    @property
    def columns(self) -> str:
        """The matching as a form carries it."""
        return " ".join(f"{place}:{key.replace(' ', '.')}" for place, key in sorted(self.matched.items()))


def _looked(key: str, named: str, columns: dict[int, str] | None) -> Looked:
    """Read the file that is named again; without `columns` they are guessed. Raises NotFound, Refusal."""
    importer, file = importer_of(key), kept_by_name(named, FileForm.purpose())
    if file is None:
        raise NotFound("This file is not here any more. Choose it again.")
    sheet = read_file(current_app.extensions["techfloor"].blobs.get(file.sha256))
    if columns is None:
        columns = matching.guessed(importer, sheet.head, actions.matched_before(importer.key))
    known = set(importer.keys(matching.most_times(importer, sheet.head)))
    columns = {place: key for place, key in columns.items() if place < len(sheet.head) and key in known}
    try:
        matching.checked(importer, columns)
    except Refusal as no:
        return Looked(importer, file, sheet, columns, refusal_text(no))
    return Looked(importer, file, sheet, columns, "")


@pages.page("/<what>/check", permission=RUN, cost=PAPER)
def check(what: str) -> Page:
    """Show how the columns are matched, and what the file would do."""
    named = request.args.get("file", "")
    chosen = {
        int(name[1:]): key
        for name, key in request.args.items()
        if name.startswith(_COLUMN) and name[1:].isdecimal() and len(name) < 5
    }
    looked = _looked(what, named, {place: key for place, key in chosen.items() if key} if chosen else None)
    return _check_page(looked, named)


def _check_page(looked: Looked, named: str, problem: str = "") -> str:
    run = None if looked.problem else dry_run(looked.importer, looked.sheet, looked.matched)
    form = ConfirmForm(formdata=None)
    form.file.data, form.columns.data, form.shown.data = named, looked.columns, run.digest if run else ""
    wrong = [problem] if problem else [looked.problem] if looked.problem else []
    return render_template(
        "imports/check.html",
        importer=looked.importer,
        file=looked.file,
        named=named,
        boxes=_boxes(looked),
        left_out=[word for place, word in enumerate(looked.sheet.head) if word and place not in looked.matched],
        notes=[refusal_text(note) for note in looked.sheet.notes],
        form=form,
        run=run,
        summary=_summary(run) if run else [],
        refused=[_shown(looked, line) for line in run.of(Deed.REFUSED)[:SHOWN]] if run else [],
        changing=[_shown(looked, line) for line in run.of(Deed.CHANGED)[:SHOWN]] if run else [],
        adding=[_shown(looked, line) for line in run.of(Deed.NEW)[:SHOWN]] if run else [],
        most=SHOWN,
        errors=[("", words) for words in wrong],
    )


def _boxes(looked: Looked) -> list[dict[str, Any]]:
    """Return a box for each column of the file: its head, its first values, and what it can go to."""
    importer = looked.importer
    keys = importer.keys(matching.most_times(importer, looked.sheet.head))
    choices = [("", _("Left out")), *((key, matching.title_of(importer, key)) for key in keys)]
    boxes = []
    for place, word in enumerate(looked.sheet.head):
        seen = [row.cells[place] for row in looked.sheet.rows[:50] if row.cells[place]]
        name = word or _("Column %(number)s", number=place + 1)
        box = {"id": f"{_COLUMN}{place}", "name": f"{_COLUMN}{place}", "label": name, "choices": choices}
        boxes.append({**box, "data": looked.matched.get(place, ""), "seen": " · ".join(dict.fromkeys(seen[:3]))[:80]})
    return boxes


def _summary(run: DryRun) -> list[tuple[int, str]]:
    counts = run.counts
    return [
        (counts["new"], _("new")),
        (counts["changed"], _("changed")),
        (counts["same"], _("as they stand")),
        (counts["refused"], _("refused")),
    ]


def _shown(looked: Looked, line: Line) -> dict[str, Any]:
    planned, told_ = line.planned, told(looked.importer, line.kept)
    return {
        "row": told_.row,
        "code": _shortened(told_.code) or "–",
        "name": planned.name if planned else "",
        "words": told_.words,
        "notes": [refusal_text(note) for note in planned.notes] if planned else [],
        "changes": told_.changes,
    }


def _shortened(code: str) -> str:
    """Cut what is far too long for a code: the words beside it need the room."""
    return code if len(code) <= LONGEST_CODE else f"{code[:LONGEST_CODE]}…"


@pages.act("/<what>/bring-in", permission=RUN, action="imports:file:bring-in", title=_l("File brought in"), cost=PAPER)
def bring_in(what: str) -> Page:
    """Do what was shown, all of it by this act."""
    form = ConfirmForm()
    named = str(form.file.data or "")
    looked = _looked(what, named, _columns(str(form.columns.data or "")))
    if looked.problem:
        return _check_page(looked, named), 422
    # The file is read and checked before this begins the transaction; what its rows would do is read behind it.
    store.alone("imports")
    store.all_alone(f"equipment:{code}".casefold() for code in codes(looked.importer, looked.sheet, looked.matched))
    run = dry_run(looked.importer, looked.sheet, looked.matched)
    if run.digest != form.shown.data:
        said = _("Something changed since you looked: nothing is brought in yet. Look through it again.")
        return _check_page(looked, named, said), 409
    if not run.does_something:
        return _check_page(looked, named, _("No row of this file is new or changes anything.")), 422
    remembered = matching.remembered(looked.matched, looked.sheet.head)
    done = form.attempt(lambda: actions.bring_in(looked.importer.key, looked.file, run, remembered, **by_whom()))
    if not done:
        store.db.session.rollback()
        return _check_page(looked, named, "; ".join(words for _id, words in form.problems())), 422
    count = done.made.new + done.made.changed
    flash(ngettext("%(num)s row is brought in.", "%(num)s rows are brought in.", count), "success")
    return redirect(f"/imports/{done.made.id}", 303)


def _columns(text: str) -> dict[int, str]:
    pairs = [part.partition(":") for part in text.split()]
    return {int(place): key.replace(".", " ") for place, _colon, key in pairs if place.isdecimal() and len(place) < 4}


@pages.page("/<int:run_id>", permission=RUN)
def show(run_id: int) -> str:
    """Show what one file did."""
    run, by, importer = _run(run_id)
    order = [Deed.REFUSED.value, Deed.CHANGED.value, Deed.NEW.value]
    lines = sorted(run.lines, key=lambda line: order.index(str(line["deed"])))
    rows = [told(importer, line) for line in lines[: 2 * SHOWN]]
    return render_template(
        "imports/show.html", run=run, by=by, importer=importer, rows=rows, signs=_SIGNS, more=len(lines) - len(rows)
    )


def _run(run_id: int) -> tuple[ImportRun, str, Importer]:
    run, by = actions.run_of(run_id)
    return run, by, importer_of(run.kind)


@pages.page("/<int:run_id>/refused.csv", permission=RUN, cost=PAPER)
def refused(run_id: int) -> Response:
    """Hand out the refused rows as they stood in the file, with why, to be mended and brought in again."""
    run, _by, importer = _run(run_id)
    sheet = read_file(current_app.extensions["techfloor"].blobs.get(run.sha256))
    lines = [told(importer, line) for line in run.lines if line["deed"] == Deed.REFUSED]
    why = {line.row: line.words for line in lines}
    rows = [[*row.cells, why[row.number]] for row in sheet.rows if row.number in why]
    return _as_csv([*sheet.head, _("Why it was refused")], rows, f"refused-{run_id}")


@pages.page("/<int:run_id>/file", permission=RUN)
def file(run_id: int) -> Response:
    """Hand out the file itself."""
    run, _by, _importer = _run(run_id)
    return hand_out(KeptFile(run.name, run.media_type, run.size, run.sha256))


@pages.page("/<what>/example.csv", permission=RUN)
def example(what: str) -> Response:
    """Hand out a file that shows how one looks."""
    importer = importer_of(what)
    return _values_as_csv(importer, importer.example, f"{importer.key}-example")


@pages.page("/<what>/all.csv", permission=RUN, cost=PAPER)
def all_there_is(what: str) -> Response:
    """Hand out all there is, as a file that can be changed and brought in again."""
    importer = importer_of(what)
    return _values_as_csv(importer, list(importer.all_there_is()), importer.key)


def _values_as_csv(importer: Importer, rows: list[Values] | tuple[Values, ...], name: str) -> Response:
    keys = [key for key in importer.keys(max(each.most for each in importer.columns)) if _is_used(importer, key, rows)]
    heads = [matching.title_of(importer, key) for key in keys]
    return _as_csv(heads, [[row.get(key, "") for key in keys] for row in rows], name)


def _is_used(importer: Importer, key: str, rows: list[Values] | tuple[Values, ...]) -> bool:
    return importer.column(key).key == key or any(row.get(key) for row in rows)


def _as_csv(heads: list[str], rows: list[list[str]], name: str) -> Response:
    # The mark at its beginning tells a spreadsheet that this is UTF-8.
    response = make_response(b"\xef\xbb\xbf" + csv_bytes(heads, rows))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
