"""What is written out is read again as it was, digit by digit; a file of all there is changes nothing."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from techfloor.equipment.entries import FunctionEntry, GaugeEntry, ItemEntry, StandardEntry
from techfloor.equipment.statuses import Status
from techfloor.imports import gauges, standards
from techfloor.imports.cards import Places
from techfloor.imports.files import read_file
from techfloor.imports.matching import guessed, title_of
from techfloor.reports.spreadsheet import csv_bytes
from techfloor.web.importing import Importer, Values


class Somewhere(Places):
    """The places of no plant in particular."""

    def __init__(self) -> None:
        vars(self).update(
            areas={"Machining": 1, "Moulding": 2}, stations={"2B-04": (1, 1), "3A-01": (2, 2)}, machines={"M-101": 7}
        )


PLACES = Somewhere()
words = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=8)
texts = st.one_of(st.just(""), words)
tolerances = texts.map(lambda text: text and f"{text} mm")  # a bare number is read as ± that number
numbers = st.one_of(st.none(), st.decimals(Decimal(-9999), Decimal(9999), places=3))
steps = st.one_of(st.none(), st.decimals(Decimal("0.0001"), Decimal(5), places=4))
units = st.sampled_from(["mm", "um", "N m", "C", "bar", "kohm", "%", "pH"])
places = st.sampled_from([(None, None), (1, None), (1, 1), (2, 2)])
days = st.one_of(st.none(), st.dates(date(1950, 1, 1), date(2026, 11, 20)))


@st.composite
def items(draw: st.DrawFn) -> ItemEntry:
    area_id, station_id = draw(places)
    return ItemEntry(
        draw(st.from_regex(r"[A-Z0-9][A-Z0-9.-]{0,8}", fullmatch=True)),
        *(draw(words), draw(texts), draw(texts), area_id, station_id),
        *(draw(st.sampled_from([None, 7])), draw(days), draw(texts)),
    )


@st.composite
def functions(draw: st.DrawFn) -> FunctionEntry:
    step, reads_to = draw(steps), draw(steps)
    return FunctionEntry(
        draw(words), draw(units), draw(numbers), draw(numbers), step, reads_to or step, draw(tolerances)
    )


gauge_entries = st.builds(
    GaugeEntry,
    items(),
    words,
    st.integers(1, 120),
    st.lists(functions(), min_size=1, max_size=3).map(tuple),
    status=st.sampled_from(["in use", "spare", "calibrate before use", "indication only"]),
    limited_use=texts,
    in_use_check=texts,
    calibrated_by=st.sampled_from(["in house", "outside laboratory"]),
    due=days,
)
standard_entries = st.builds(
    StandardEntry, items().map(lambda item: replace(item, part_of_id=None)), words, units, st.integers(1, 120),
    steps, numbers, numbers, st.just(True), st.one_of(st.none(), st.integers(1, 900)),
)  # fmt: skip


def written_and_read(importer: Importer, said: Values) -> dict[str, str]:
    """Write a row as a file and read it back, its columns guessed by their heads."""
    heads = [title_of(importer, key) for key in said]
    sheet = read_file(b"\xef\xbb\xbf" + csv_bytes(heads, [list(said.values())]))
    (row,) = sheet.rows
    assert row.problem is None
    return {key: row.cells[place] for place, key in guessed(importer, sheet.head, {}).items()}


@settings(deadline=None)
@given(gauge_entries)
def test_a_gauge_that_is_written_out_is_read_again_as_it_was(entry: GaugeEntry) -> None:
    said = gauges.values_of(entry, PLACES)
    assert written_and_read(gauges.GAUGES, said) == said
    again = gauges.entry_of(said, None, PLACES)
    assert gauges.values_of(again, PLACES) == said
    assert gauges.entry_of(said, entry, PLACES) == entry
    assert again == replace(entry, status=str(Status(entry.status)))


@settings(deadline=None)
@given(standard_entries)
def test_a_standard_that_is_written_out_is_read_again_as_it_was(entry: StandardEntry) -> None:
    said = standards.values_of(entry, PLACES)
    assert written_and_read(standards.STANDARDS, said) == said
    assert standards.entry_of(said, None, PLACES) == entry == standards.entry_of(said, entry, PLACES)


@settings(deadline=None)
@given(gauge_entries, gauge_entries)
def test_a_row_that_says_everything_replaces_everything_but_what_follows_from_work(
    entry: GaugeEntry, stands: GaugeEntry
) -> None:
    stands = replace(stands, due=entry.due, status=entry.status)
    said = gauges.values_of(entry, PLACES)
    found = gauges.values_of(gauges.entry_of(said, stands, PLACES), PLACES)
    assert {key: found[key] for key, value in said.items() if value} == {key: v for key, v in said.items() if v}


def test_a_row_that_says_nothing_of_place_and_the_same_unit_leaves_both_as_they_stand() -> None:
    stands = StandardEntry(ItemEntry("S-1", "Thermometer", area_id=1, station_id=1), "temperature", "°C", 12)
    row = {"code": "S-1", "unit": "C", "area": "", "station": ""}
    assert standards.entry_of(row, stands, PLACES) == stands
    assert standards.entry_of({**row, "area": "Machining"}, stands, PLACES) == stands
    moved = standards.entry_of({**row, "area": "Moulding"}, stands, PLACES).item
    assert (moved.area_id, moved.station_id) == (2, None)
