"""The pictures of traceability, each with its table: what stands behind a gauge, what rested on a standard."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from flask_babel import gettext as _
from flask_babel import ngettext

from techfloor.duties.calibration.queries.traceability import Group, Paper, Work, became_of
from techfloor.duties.calibration.views.shown import verdict_words
from techfloor.equipment.rules import plant_day
from techfloor.equipment.shapes import ItemView
from techfloor.equipment.statuses import Kind
from techfloor.places.here import plant
from techfloor.reports.charts import Box, LayersChart, layers_chart
from techfloor.web.show import day, moment

MOST_DRAWN = 14
"""So many boxes of one layer are read at a glance; more are drawn by the kind of gauge."""
MOST_LINES = 200
HOME = "/calibration/traceability"


@dataclass(frozen=True)
class Shown:
    """A picture with the lines of its table; no chart where there is nothing to draw."""

    chart: LayersChart | None
    rows: list[dict[str, Any]]
    more: int = 0


@dataclass
class _Drawing:
    """Boxes by their layer, and what joins them."""

    layers: list[dict[str, Box]] = field(default_factory=list)
    joints: list[tuple[str, str]] = field(default_factory=list)

    def put(self, depth: int, box: Box, after: str = "") -> str:
        """Put a box into a layer, once, joined to what it stands behind."""
        while len(self.layers) <= depth:
            self.layers.append({})
        self.layers[depth].setdefault(box.key, box)
        if after and (after, box.key) not in self.joints:
            self.joints.append((after, box.key))
        return box.key

    def chart(self) -> LayersChart | None:
        """Lay it out; None for less than two layers."""
        layers = [list(layer.values()) for layer in self.layers]
        return layers_chart(layers, self.joints) if len(layers) > 1 else None


def _box(key: str, sort: str, title: str, line: str, url: str, look: str = "") -> Box:
    return Box(key, sort, title, line, url, ", ".join(part for part in (sort, title, line) if part), look)


# --- up ---


def behind(item: ItemView, work: Work | None, papers: Sequence[Paper], on: date) -> Shown:
    """Draw what stands behind a gauge or a standard on a day: its own certificate may have ended by then."""
    drawing = _Drawing()
    rows: list[dict[str, Any]] = []
    sort = _("Standard") if item.kind == Kind.STANDARD else _("Gauge")
    root = drawing.put(0, _box(item.code, sort, item.code, item.name, f"/equipment/{item.code}"))
    if work is not None:
        _draw_work(drawing, rows, work, root, 1)
    for paper in papers:
        _draw_paper(drawing, rows, paper, root, 1, on)
    return Shown(drawing.chart(), rows)


def _draw_work(drawing: _Drawing, rows: list[dict[str, Any]], work: Work, after: str, depth: int) -> None:
    look = "fail" if "fail" in work.verdict else "caution" if work.waits else ""
    waits = _("not reviewed yet") if work.waits else ""
    parts = (_verdicts(work), waits, day(plant_day(work.performed_at, plant().zone)))
    words = " · ".join(part for part in parts if part)
    if work.certificate:
        box = _box(work.number, _("Outside certificate"), work.certificate, work.number, _record(work), look)
        key = drawing.put(depth, box, after)
        laboratory = " · ".join(part for part in (work.laboratory, work.accreditation) if part)
        _draw_laboratory(drawing, laboratory, key, depth + 1, _record(work))
        rows.append(_row(work, work.certificate, _record(work), laboratory, words))
        return
    key = drawing.put(depth, _box(work.number, _("Calibration"), work.number, words, _record(work), look), after)
    rows.append(_row(work, work.number, _record(work), _("this plant"), words))
    for paper in work.papers:
        box = _box(f"s{depth}{paper.code}", _("Standard"), paper.code, paper.name, f"{HOME}/{paper.code}")
        _draw_paper(drawing, rows, paper, drawing.put(depth + 1, box, key), depth + 2)


def _verdicts(work: Work) -> str:
    """Say how it came and how it went, where both were judged."""
    return " → ".join(verdict_words(each) for each in (work.found, work.verdict) if each) or verdict_words("")


def _draw_paper(
    drawing: _Drawing, rows: list[dict[str, Any]], paper: Paper, after: str, depth: int, on: date | None = None
) -> None:
    url = f"/equipment/{paper.code}/certificates/{paper.id}"
    last = day(paper.valid_until) if paper.valid_until else ""
    over = _("ended %(day)s", day=last) if on and paper.ends_before(on) else ""
    until = _("valid until %(day)s", day=last) if last else ""
    became = became_words(paper.became, paper.ended_at) or over
    box = _box(f"c{paper.id}", _("Certificate"), paper.number, became or until, url, "caution" if became else "")
    key = drawing.put(depth, box, after)
    rows.append(_row(paper, paper.number, url, paper.laboratory, became or until))
    if paper.own is not None:
        _draw_work(drawing, rows, paper.own, key, depth + 1)
        return
    _draw_laboratory(drawing, paper.laboratory, key, depth + 1, url)


def became_words(what: str, at: datetime | None) -> str:
    """Say that a certificate was corrected or withdrawn since, and on which day; "" for one that stands."""
    ended = day(plant_day(at, plant().zone)) if at else ""
    said = {"replaced": _("corrected %(day)s", day=ended), "withdrawn": _("withdrawn %(day)s", day=ended)}
    return str(said.get(what, ""))


def became_by_entry(standard_id: int) -> dict[int | None, str]:
    """Say it of each certificate of a standard that ended, by its key."""
    return {key: became_words(*found) for key, found in became_of(standard_id).items()}


def _draw_laboratory(drawing: _Drawing, name: str, after: str, depth: int, url: str) -> None:
    drawing.put(depth, _box(f"l{depth}{name}", _("Given by"), _("Laboratory"), name, url), after)


def _record(work: Work) -> str:
    return f"/calibration/{work.number}"


def _row(of: Work | Paper, number: str, url: str, given_by: str, says: str) -> dict[str, Any]:
    return {"code": of.code, "name": of.name, "number": number, "url": url, "by": given_by, "says": says}


# --- down ---


class UsedUrl(Protocol):
    """Gives the address of the list, narrowed further."""

    def __call__(self, **more: str) -> str:
        """Return it."""


def picture(item: ItemView, groups: Sequence[Group], used: UsedUrl) -> Shown:
    """Draw what rested on a standard; many gauges are drawn by their kinds."""
    drawing = _Drawing()
    root = drawing.put(0, _box(item.code, _("Standard"), item.code, item.name, f"/equipment/{item.code}"))
    became = became_by_entry(item.id)
    papers = _certificates(drawing, groups, root, used, became)
    many = len({group.gauge_id for group in groups}) > MOST_DRAWN
    (_draw_kinds if many else _draw_gauges)(drawing, groups, papers, used)
    lines = [
        {
            "certificate": each.certificate or "–",
            "became": became.get(each.certificate_id, ""),
            "certificate_url": used(certificate=str(each.certificate_id)) if each.certificate_id else "",
            "code": each.code,
            "name": each.name,
            "records": each.records,
            "url": used(certificate=str(each.certificate_id or ""), q=each.code),
            "last": moment(each.last),
        }
        for each in groups[:MOST_LINES]
    ]
    return Shown(drawing.chart(), lines, max(len(groups) - MOST_LINES, 0))


def _records(count: int) -> str:
    return str(ngettext("%(num)d record", "%(num)d records", count))


def _certificates(
    drawing: _Drawing, groups: Sequence[Group], root: str, used: UsedUrl, became: Mapping[int | None, str]
) -> dict[int | None, str]:
    """Draw the certificates, the newest; earlier ones together, where there are many."""
    counts: Counter[int | None] = Counter()
    for group in groups:
        counts[group.certificate_id] += group.records
    numbers = {group.certificate_id: group.certificate for group in groups}
    every = list(counts)
    newest = every if len(every) <= MOST_DRAWN else every[-(MOST_DRAWN - 1) :]
    found = {}
    earlier = [each for each in every if each not in newest]
    if earlier:
        words = _records(sum(counts[each] for each in earlier))
        look = "caution" if any(each in became for each in earlier) else ""
        key = drawing.put(1, _box("earlier", _("Earlier certificates"), str(len(earlier)), words, used(), look), root)
        found = dict.fromkeys(earlier, key)
    for each in newest:
        url = used(certificate=str(each or ""))
        words = " · ".join(filter(None, (_records(counts[each]), became.get(each, ""))))
        look = "caution" if each in became else ""
        box = _box(f"c{each}", _("Certificate"), numbers[each] or "–", words, url, look)
        found[each] = drawing.put(1, box, root)
    return found


def _draw_gauges(drawing: _Drawing, groups: Sequence[Group], papers: dict[int | None, str], used: UsedUrl) -> None:
    for group in groups:
        title, url = group.code or "–", f"{HOME}/{group.code}" if group.code else used()
        drawing.put(2, _box(f"g{group.gauge_id}", _("Gauge"), title, group.name, url), papers[group.certificate_id])


def _draw_kinds(drawing: _Drawing, groups: Sequence[Group], papers: dict[int | None, str], used: UsedUrl) -> None:
    gauges: dict[str, set[int | None]] = {}
    counts: Counter[str] = Counter()
    for group in groups:
        gauges.setdefault(group.kind, set()).add(group.gauge_id)
        counts[group.kind] += group.records
    shown = {kind for kind, _count in counts.most_common(MOST_DRAWN - (1 if len(counts) > MOST_DRAWN else 0))}
    others = set().union(*(found for kind, found in gauges.items() if kind not in shown))
    rest = sum(count for kind, count in counts.items() if kind not in shown)
    for group in groups:
        named = group.kind in shown and bool(group.kind)
        many = gauges[group.kind] if group.kind in shown else others
        title = group.kind if named else _("Others")
        words = f"{_gauges(len(many))} · {_records(counts[group.kind] if group.kind in shown else rest)}"
        url = used(kind=group.kind) if named else used()
        box = _box(f"k{title}", _("Kind of gauge"), title, words, url)
        drawing.put(2, box, papers[group.certificate_id])


def _gauges(count: int) -> str:
    return str(ngettext("%(num)d gauge", "%(num)d gauges", count))
