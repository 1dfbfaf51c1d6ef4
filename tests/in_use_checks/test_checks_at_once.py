"""One person corrects a first try while another gives the second."""

import pytest
from check_work import CODE, check, open_holds, row_of, set_up
from crossing import Crossing, Hand
from databases import Keeper
from flask import Flask
from plant_client import SignedInAs
from sqlalchemy import select

from techfloor.duties.in_use_checks import actions
from techfloor.duties.in_use_checks.models import InUseCheck
from techfloor.settings import Settings
from techfloor.store import db


@pytest.fixture
def crossing(settings: Settings, keeper: Keeper, monkeypatch: pytest.MonkeyPatch) -> Crossing:
    """Two requests, of which the first stops until the second waits for it."""
    return Crossing(settings, keeper, monkeypatch)


def test_a_first_try_that_is_put_right_meanwhile_has_no_second_that_holds(
    app: Flask, as_: SignedInAs, crossing: Crossing
) -> None:
    set_up(as_("Q"))
    tara = as_("T")
    page = f"/checks/rows/{row_of(check(tara, '200.5'))}/correct"
    right = Hand(app, tara, page, page, {"value": "200.0", "reason": "misread"})
    now = f"/checks/gauges/{CODE}/now"
    again = Hand(app, as_("O"), now, now, {"value": "200.6"})
    first, second = crossing.run(right, again, stop_after=(actions, "_instead"))
    assert (first.status_code, second.status_code, crossing.waited) == (303, 303, True)
    assert open_holds(app) == []
    with app.app_context():
        assert db.session.get_one(InUseCheck, row_of(second)).try_of_id is None
        assert len(db.session.scalars(select(InUseCheck)).all()) == 3
