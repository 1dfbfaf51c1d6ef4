"""The life of a record: only the moves of the table are made, and the database knows no other state."""

from dataclasses import dataclass
from itertools import product

import pytest

from techfloor.records.lifecycle import MOVES, State, move
from techfloor.records.models import Record
from techfloor.refusals import Refusal


@dataclass
class Header:
    number: str
    state: str


LEADS = {
    ("in progress", "performed"),
    ("in progress", "closed"),
    ("in progress", "discontinued"),
    ("performed", "closed"),
    ("performed", "rejected"),
}


@pytest.mark.clause("21 CFR 11.10(f)")
@pytest.mark.parametrize(("before", "after"), list(product(State, State)))
def test_a_record_moves_only_where_the_table_leads(before: State, after: State) -> None:
    record = Header("CAL-2026-00001", before.value)
    if (before, after) in LEADS:
        move(record, after)
        assert record.state == after
    else:
        with pytest.raises(Refusal, match="cannot become"):
            move(record, after)
        assert record.state == before


def test_every_state_says_where_it_leads() -> None:
    assert set(MOVES) == set(State)


def test_the_database_takes_these_states_and_no_other() -> None:
    (check,) = [each for each in Record.__table__.constraints if getattr(each, "name", "") == "ck_record_state"]  # type: ignore[attr-defined]
    assert str(check.sqltext) == ("state IN ('in progress', 'performed', 'closed', 'rejected', 'discontinued')")
