"""`verify` finds what was done to the file behind the application's back."""

import pytest
from flask import Flask
from sqlalchemy import Table

from techfloor import store
from techfloor.places.models import Area
from techfloor.settings import Settings
from techfloor.store import connections, databases, db
from techfloor.store import verify as verifying
from techfloor.store.base import Audit

from .conftest import Outside


@pytest.fixture(autouse=True)
def three_acts(house: Flask) -> None:
    for key in ("machining", "filling", "packing"):
        with store.act("places:area:add"):
            db.session.add(Area(key=key, name=key))
    db.session.remove()
    db.engine.dispose()


def test_an_untouched_file_is_sound(outside: Outside) -> None:
    found = outside.verify()
    assert found.problems == []
    assert (found.acts, found.changes, found.anchored) == (3, 3, 3)


@pytest.mark.clause("21 CFR 11.10(a)")
def test_a_row_changed_with_the_triggers_dropped_is_named(outside: Outside) -> None:
    outside.run("DROP TRIGGER tf_area_update", "UPDATE area SET name = 'other' WHERE key = 'filling'")
    problems = " ".join(outside.verify().problems)
    assert "tf_area_update" in problems
    assert "area 2 was changed outside the trail: name was “filling”, is “other”" in problems


def test_a_row_added_past_the_trail_is_named(outside: Outside) -> None:
    outside.run(
        "DROP TRIGGER tf_area_insert",
        "INSERT INTO area (id, key, name, line, ambient) VALUES (9, 'q', 'Q', '', '')",
    )
    assert any("area 9 stands in the database, but no act wrote it" in p for p in outside.verify().problems)


def test_a_row_taken_away_is_missed(outside: Outside) -> None:
    outside.run("DROP TRIGGER tf_area_kept", "DELETE FROM area WHERE id = 3")
    assert any("area 3 is gone" in p for p in outside.verify().problems)


@pytest.mark.parametrize(
    ("table", "column", "word", "told"),
    [
        ("area", "name", "filling", "area 2 was changed outside the trail"),
        ("change", "body", "filling", "Act 2"),
        ("act", "body", '"', "Act 2"),
    ],
)
def test_a_byte_that_no_text_can_hold_hides_nothing_else(
    outside: Outside, table: str, column: str, word: str, told: str
) -> None:
    if outside.database != "sqlite":
        pytest.skip("a server lets no such text in")
    outside.run(
        f"DROP TRIGGER tf_{table}_update",
        f"UPDATE {table} SET {column} = replace({column}, '{word}', CAST(x'ff' AS TEXT)) WHERE rowid = 2",
        "DROP TRIGGER tf_area_kept",
        "DELETE FROM area WHERE id = 3",
    )
    problems = " ".join(outside.verify().problems)
    assert told in problems
    assert "area 3 is gone" in problems


@pytest.mark.clause("21 CFR 11.10(a)")
def test_a_change_rewritten_in_the_trail_breaks_its_seal(outside: Outside) -> None:
    outside.run("DROP TRIGGER tf_change_update", "UPDATE change SET body = replace(body, 'filling', 'felling')")
    assert any("Act 2" in p and "changed after it was sealed" in p for p in outside.verify().problems)


def test_an_act_taken_out_breaks_the_chain(outside: Outside) -> None:
    outside.run(
        "DROP TRIGGER tf_act_delete",
        "DROP TRIGGER tf_change_delete",
        "PRAGMA foreign_keys = OFF",
        "DELETE FROM change WHERE act = (SELECT id FROM act WHERE seq = 2)",
        "DELETE FROM act WHERE seq = 2",
    )
    assert any("does not follow" in p for p in outside.verify().problems)


def test_a_tail_cut_off_is_found_by_the_anchors_alone(outside: Outside) -> None:
    outside.run(
        "DROP TRIGGER tf_act_delete",
        "DROP TRIGGER tf_change_delete",
        "DROP TRIGGER tf_area_kept",
        "PRAGMA foreign_keys = OFF",
        "DELETE FROM change WHERE act = (SELECT id FROM act WHERE seq = 3)",
        "DELETE FROM act WHERE seq = 3",
        "DELETE FROM area WHERE id = 3",
    )
    problems = [p for p in outside.verify().problems if "trigger" not in p]
    assert problems == ["The anchor of act 3 is not in the chain: history was cut off or rewritten."]


def test_a_broken_anchor_file_is_a_problem_not_a_crash(outside: Outside, settings: Settings) -> None:
    (settings.instance / "anchors.log").write_text("x y\n", "ascii")
    assert not outside.verify().sound


def test_changes_renumbered_to_pass_an_old_image_off_as_the_newest_are_found(house: Flask, outside: Outside) -> None:
    with house.app_context(), store.act("places:area:change"):
        db.session.get_one(Area, 2).name = "renamed"
    db.session.remove()
    db.engine.dispose()
    outside.run(
        "DROP TRIGGER tf_change_update",
        "DROP TRIGGER tf_area_update",
        "UPDATE change SET id = -1 WHERE act = (SELECT id FROM act WHERE seq = 4)",
        "UPDATE area SET name = 'filling' WHERE id = 2",
    )
    outside.mend_triggers()
    assert outside.verify().problems == ["area 2 was changed outside the trail: name was “renamed”, is “filling”."]


def test_a_trigger_of_somebody_else_is_found(outside: Outside) -> None:
    body = {"sqlite": "BEGIN SELECT RAISE(IGNORE); END", "postgresql": "FOR EACH ROW EXECUTE FUNCTION tf_change_open()"}
    outside.run(f"CREATE TRIGGER zz BEFORE INSERT ON change {body[outside.database]}")
    assert any("zz" in p for p in outside.verify().problems)


@pytest.mark.parametrize("how", ["emptied", "taken away"])
def test_anchors_that_are_gone_are_missed(outside: Outside, settings: Settings, how: str) -> None:
    file = settings.instance / "anchors.log"
    if how == "emptied":
        file.write_text("", "ascii")
    else:
        file.unlink()
    assert any("no anchor" in p for p in outside.verify().problems)


@pytest.mark.parametrize("torn", [b"4 5feceb66ffc86f38", b"\0\0\0\0\0", b"\xff"])
def test_a_line_torn_by_a_power_cut_is_told_and_is_no_tampering(
    outside: Outside, settings: Settings, torn: bytes
) -> None:
    with (settings.instance / "anchors.log").open("ab") as anchors:
        anchors.write(torn)
    found = outside.verify()
    assert (found.problems, found.anchored) == ([], 3)
    assert found.notes[0].startswith("1 line of anchors.log cannot be read")


def test_after_a_power_cut_the_next_anchor_stands_on_a_line_of_its_own(
    house: Flask, outside: Outside, settings: Settings
) -> None:
    with (settings.instance / "anchors.log").open("ab") as anchors:
        anchors.write(b"4 5feceb66ffc86f38")
    begun_anew = Flask("bare")
    connections.init_app(begun_anew, settings)
    with begun_anew.app_context():
        with store.act("places:area:add"):
            db.session.add(Area(key="assembly", name="assembly"))
        db.session.remove()
        db.engine.dispose()
    found = outside.verify()
    assert (found.problems, found.anchored) == ([], 4)


def test_an_act_whose_commit_failed_gets_no_anchor(
    house: Flask, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_given: object) -> None:
        raise OSError("the disk is full")

    kind = type(databases.named(outside.url))
    with monkeypatch.context() as failing, pytest.raises(OSError, match="full"):
        failing.setattr(kind, "commit", full)
        with store.act("places:area:add"):
            db.session.add(Area(key="assembly", name="assembly"))
    db.session.remove()
    db.engine.dispose()
    found = outside.verify()
    assert (found.problems, found.acts) == ([], 3)


def test_a_problem_of_a_row_begins_with_the_record_it_belongs_to_or_whose_it_is() -> None:
    names, owners = {17: "CAL-2026-00036, G-014"}, {3: "Tara Kowalski"}
    namer = verifying._Namer(
        lambda root: names.get(root, ""), lambda _table, row: owners.get(row.get("person_id", 0), "")
    )
    table = Area.__table__
    assert isinstance(table, Table)
    assert namer.of(table, Audit(root="record_id"), {"record_id": 17}) == "CAL-2026-00036, G-014: "
    assert namer.of(table, Audit(), {"id": 17}) == ""
    assert namer.of(table, Audit(root="record_id"), {"record_id": None, "person_id": 3}) == "Tara Kowalski: "
