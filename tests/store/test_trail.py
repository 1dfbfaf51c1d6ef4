"""Nothing of a record changes without an act, and nothing an act wrote is changed again."""

import json

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from techfloor import store
from techfloor.places.models import Area
from techfloor.store import db
from techfloor.store.trail import ActRow, ChangeRow


def make_area(key: str = "machining") -> Area:
    area = Area(key=key, name=key.capitalize())
    with store.act("places:area:add", actor=None):
        db.session.add(area)
    return area


@pytest.mark.clause("PI 041 Consistent")
def test_an_act_seals_its_changes_into_the_chain(house: Flask) -> None:
    make_area("machining")
    make_area("filling")
    first, second = db.session.scalars(select(ActRow).order_by(ActRow.seq)).all()
    assert (first.seq, second.seq) == (1, 2)
    assert second.prev == first.hash
    change = json.loads(db.session.scalars(select(ChangeRow).where(ChangeRow.act == second.id)).one().body)
    assert change["table"] == "area"
    assert change["new"]["key"] == "filling"


@pytest.mark.clause("21 CFR 11.10(e)")
def test_a_change_of_a_row_keeps_what_it_was(house: Flask) -> None:
    area = make_area()
    with store.act("places:area:change"):
        db.session.get_one(Area, area.id).name = "Machining hall"
    change = json.loads(db.session.scalars(select(ChangeRow).order_by(ChangeRow.id.desc())).first().body)  # type: ignore[union-attr]
    assert (change["old"]["name"], change["new"]["name"]) == ("Machining", "Machining hall")


def test_a_bulk_statement_is_caught_row_by_row(house: Flask) -> None:
    make_area("machining")
    make_area("filling")
    with store.act("places:areas:change"):
        db.session.execute(text("UPDATE area SET line = 'Line 9'"))
    assert db.session.query(ChangeRow).count() == 4


def test_without_an_act_nothing_is_written(house: Flask) -> None:
    db.session.add(Area(key="x", name="X"))
    with pytest.raises(DatabaseError, match=r"readonly|read-only"):
        db.session.commit()
    db.session.rollback()


def test_a_quiet_transaction_cannot_touch_a_record(house: Flask) -> None:
    with pytest.raises(IntegrityError, match=r"in an act|\"act\" of relation \"change\""), store.quiet():
        db.session.add(Area(key="x", name="X"))


@pytest.mark.clause("PI 041 Complete")
def test_an_act_that_fails_leaves_nothing(house: Flask) -> None:
    with pytest.raises(ZeroDivisionError), store.act("places:area:add"):
        db.session.add(Area(key="x", name="X"))
        db.session.flush()
        raise ZeroDivisionError
    assert db.session.query(Area).count() == 0
    assert db.session.query(ActRow).count() == 0


def test_an_act_inside_an_act_is_refused(house: Flask) -> None:
    with store.act("a:b:c"), pytest.raises(RuntimeError, match="one act"), store.act("d:e:f"):
        pass


def test_a_transaction_apart_outlives_the_refusal_of_the_request(house: Flask) -> None:
    with store.act("request:is:refused") as unit:
        with store.apart("sign-in:attempt:note") as session:
            session.add(Area(key="kept", name="Kept"))
        db.session.add(Area(key="lost", name="Lost"))
        unit.refuse()
    assert [area.key for area in db.session.scalars(select(Area))] == ["kept"]


def test_a_transaction_apart_after_the_first_write_is_refused_not_deadlocked(house: Flask) -> None:
    with pytest.raises(RuntimeError, match="before"), store.act("a:b:c"):
        db.session.add(Area(key="x", name="X"))
        db.session.flush()
        with store.apart():
            pass
