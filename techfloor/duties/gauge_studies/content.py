"""What is signed of a study, as plain data: what was set up, every value as it was given, the figures, the verdict.

Schema 3 adds to schema 2 who gave each value or corrected it, `by` of a row. Schema 2 adds to schema 1 what an
amendment changed, `amendment.changes`, and the verdict of the version before, `supersedes.verdict`, and keeps the notes
of the figures by key; what was entered in error has no value and no figure.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from techfloor.duties.gauge_studies import agreeing, analysis, changes
from techfloor.duties.gauge_studies.analysis import Analysed
from techfloor.duties.gauge_studies.figures import Told
from techfloor.duties.gauge_studies.queries import KIND, Appraiser, Study, Value, repeat_of
from techfloor.duties.gauge_studies.rules import Sort
from techfloor.equipment.queries import gauge_view
from techfloor.measures.quantity import plain
from techfloor.places.queries import PlantFacts
from techfloor.records import documents, versions
from techfloor.records.signing import Content, canonical, stored_content
from techfloor.said import Said, kept, say
from techfloor.store.types import utc_text

SCHEMA = 3


def preview(study: Study, plant: PlantFacts) -> Content:
    """Return the content as it would be signed now."""
    return canonical(content(study, plant), SCHEMA)


def content(study: Study, plant: PlantFacts) -> dict[str, Any]:
    """Return a complete study as plain data; plant and gauge of an amendment are those of the version before."""
    before = former(study)
    made = _content(study, before["plant"] if before else documents.plant_words(plant), before)
    if before is not None:
        made["amendment"]["changes"] = changes.of_amendment(study, before, made)
        made["supersedes"]["verdict"] = before["verdict"]["words"]
    return made


def former(study: Study) -> dict[str, Any] | None:
    """Return what was signed of the version that an amendment replaces; None for a first version."""
    if study.amends is None or study.record.supersedes_id is None:
        return None
    found: dict[str, Any] = json.loads(stored_content(study.record.supersedes_id))
    return found


def changed(study: Study, plant: PlantFacts) -> list[changes.Change]:
    """Return what an amendment under way changes so far."""
    found: list[changes.Change] = content(study, plant)["amendment"]["changes"]
    return found


def _content(study: Study, plant: Mapping[str, Any], before: Mapping[str, Any] | None) -> dict[str, Any]:
    body, done = study.body, Analysed({}, _IN_ERROR) if study.in_error else analysed(study)
    return {
        "kind": KIND,
        "schema": SCHEMA,
        "number": study.number,
        "version": study.record.version,
        **_versions(study),
        "plant": plant,
        "sort": body.sort,
        "subject": body.subject,
        "gauge": before["gauge"] if before else _gauge(study),
        "tolerance": _tolerance(study),
        "repeats": body.repeats,
        "parts": [{"label": part.label, "reference": part.reference} for part in study.parts],
        "appraisers": _appraisers(study),
        "rows": _rows(study),
        "figures": done.facts,
        "verdict": {"look": done.told.look, "words": said(done.told), "next": following(done.told)},
    }


_IN_ERROR = Told("fail", "studies.verdict.in-error", {}, (("studies.next.in-error", {}),))


def _versions(study: Study) -> dict[str, Any]:
    return {name: dict(facts) if facts else None for name, facts in versions.facts(study.amends).items()}


def analysed(study: Study) -> Analysed:
    """Work out a complete study."""
    if study.sort is Sort.ATTRIBUTE:
        calls = _by_name(study, lambda row: row.call)
        return agreeing.compare(calls, {part.label: part.reference for part in study.parts})
    body = study.body
    width = body.upper - body.lower if body.lower is not None and body.upper is not None else None
    return analysis.analyse(_by_name(study, lambda row: row.value), width)


def said(told: Told) -> Said:
    """Return the verdict as it is kept."""
    return say(told.key, **told.values)


def following(told: Told) -> list[Said]:
    """Return what to do next, as it is kept."""
    return [say(key, **values) for key, values in told.following]


def names(study: Study) -> dict[int, str]:
    """Return what each appraiser is called in the study; of two with one name the second has a number behind it."""
    found: dict[int, str] = {}
    for each in study.appraisers:
        found[each.id] = f"{each.name} ({each.n})" if each.name in found.values() else each.name
    return found


def _by_name(study: Study, what: Any) -> dict[str, dict[str, list[Any]]]:
    called = names(study)
    return {
        called[each.id]: {part.label: [what(row) for row in study.of_part(each, part)] for part in study.parts}
        for each in study.staying
    }


def _gauge(study: Study) -> dict[str, object]:
    gauge, body = gauge_view(study.code), study.body
    return {
        "code": gauge.code,
        "name": gauge.item.name,
        "kind": gauge.kind,
        "serial": gauge.item.serial,
        "place": gauge.item.place,
        "function": body.function,
        "unit": body.unit,
        "step": None if body.step is None else plain(body.step),
        "held": [kept(hold.words) for hold in gauge.holds],
    }


def _tolerance(study: Study) -> dict[str, str] | None:
    body = study.body
    if body.lower is None or body.upper is None:
        return None
    return {
        "basis": body.basis,
        "lower": plain(body.lower),
        "upper": plain(body.upper),
        "width": plain(body.upper - body.lower),
    }


def _appraisers(study: Study) -> list[dict[str, object]]:
    called = names(study)
    return [_appraiser(study, each, called[each.id]) for each in study.appraisers]


def _appraiser(study: Study, each: Appraiser, name: str) -> dict[str, object]:
    return {
        "name": name,
        "values": study.done(each),
        "left": None if each.left_at is None else {"at": utc_text(each.left_at), "why": each.left_why},
    }


def _rows(study: Study) -> list[dict[str, object]]:
    called, by_id = names(study), {each.id: each for each in study.appraisers}
    return [_row(study, row, by_id[row.appraiser_id], called) for row in study.rows]


def _row(study: Study, row: Value, appraiser: Appraiser, called: Mapping[int, str]) -> dict[str, object]:
    return {
        "appraiser": called[appraiser.id],
        "turn": row.turn,
        "part": study.part_at(appraiser, row.turn).label,
        "repeat": repeat_of(appraiser, row.turn),
        "value": row.call if row.value is None else plain(row.value),
        "at": utc_text(row.performed_at),
        "device": row.device,
        "asked": row.confirmed,
        "by": row.by,
        "correction": row.correction,
        "counts": row.counts and appraiser.stays,
    }


def grid(told: Mapping[str, Any]) -> list[tuple[str, Sequence[tuple[str, list[str]]]]]:
    """Return of a content what counts: (appraiser, [(part, values in the order of the repeats)])."""
    found: dict[str, dict[str, dict[int, str]]] = {}
    for row in told["rows"]:
        if row["counts"]:
            found.setdefault(row["appraiser"], {}).setdefault(row["part"], {})[row["repeat"]] = row["value"]
    parts = [part["label"] for part in told["parts"]]
    return [
        (name, [(part, [cells[part][n] for n in sorted(cells[part])]) for part in parts])
        for name, cells in ((each["name"], found.get(each["name"], {})) for each in told["appraisers"])
        if cells
    ]
