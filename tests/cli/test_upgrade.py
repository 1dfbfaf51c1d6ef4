"""An older database is backed up, brought up whole and told to the trail; a newer one is left alone."""

import argparse
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import Keeper, said_to
from next_version import next_version
from sqlalchemy import select

from techfloor.cli import backup, doctor, restore, upgrade, verify
from techfloor.cli.lock import locked
from techfloor.cli.prepare import prepare
from techfloor.cli.steps import StepError
from techfloor.migrations.upgrade import engine_for
from techfloor.settings import Settings
from techfloor.store.trail import ActRow


def command(settings: Settings, monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """Type `upgrade` for an instance."""
    monkeypatch.setattr(upgrade, "instance_settings", lambda _args: settings)
    parser = argparse.ArgumentParser()
    upgrade.add_arguments(parser)
    return upgrade.run(parser.parse_args(words))


def problems(settings: Settings) -> list[str]:
    """Return what `verify` finds."""
    with engine_for(settings.database).connect() as connection:
        return verify.whole(connection, settings).problems


def one(settings: Settings, statement: str) -> object:
    """Return the one value of a query."""
    with engine_for(settings.database).connect() as connection:
        return connection.exec_driver_sql(statement).scalar_one()


def run_behind_the_back(settings: Settings, keeper: Keeper, *statements: str) -> None:
    with engine_for(keeper.master_url(settings)).connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
        connection.commit()


@pytest.fixture
def later(tmp_path: Path) -> Iterator[None]:
    """The version after this one is in place."""
    with next_version(tmp_path / "step"):
        yield


def test_an_older_database_is_backed_up_brought_up_and_checked(
    settings: Settings, later: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(settings, monkeypatch) == 0
    said = capsys.readouterr().out
    assert "kept by an older version. What changes: A note on each area." in said
    made = list((settings.instance / "backups").glob("techfloor-*.tar"))
    assert len(made) == 1
    assert str(made[0]) in said
    assert one(settings, "SELECT count(*) FROM area WHERE note = 'none yet'") == one(
        settings, "SELECT count(*) FROM area"
    )
    assert problems(settings) == []


def test_what_the_upgrade_made_of_rows_is_an_act_of_the_trail_with_its_anchor(settings: Settings, later: None) -> None:
    upgrade.bring_up(settings, with_backup=False)
    with engine_for(settings.database).connect() as connection:
        act = connection.execute(select(ActRow.seq, ActRow.hash, ActRow.body).order_by(ActRow.seq.desc())).first()
        assert act is not None
        changes = connection.exec_driver_sql(
            "SELECT body FROM change WHERE act = (SELECT id FROM act ORDER BY seq DESC LIMIT 1)"
        )
        bodies = changes.scalars().all()
    assert '"action":"migrations:tables:upgrade"' in act.body
    assert '"reason":"from step 0001 to 0002"' in act.body
    assert len(bodies) == one(settings, "SELECT count(*) FROM area")
    assert all("none yet" in body for body in bodies)
    assert (settings.instance / "anchors.log").read_text("ascii").splitlines()[-1] == f"{act.seq} {act.hash}"


def test_a_row_that_was_changed_behind_the_back_is_not_whitewashed(
    settings: Settings, later: None, keeper: Keeper, capsys: pytest.CaptureFixture[str]
) -> None:
    on = "" if settings.database_file else " ON area"
    run_behind_the_back(settings, keeper, f"DROP TRIGGER tf_area_update{on}", "UPDATE area SET line = 'x' WHERE id = 1")
    with pytest.raises(
        StepError, match=r"area 1 was changed outside the trail.*Nothing was upgraded.*--without-backup"
    ):
        upgrade.bring_up(settings)
    assert not upgrade.bring_up(settings, with_backup=False)
    assert "something is wrong with what stands in them: area 1 was changed" in capsys.readouterr().out
    assert len(problems(settings)) == 1


def test_serve_brings_an_older_database_up_with_a_backup_by_itself(settings: Settings, later: None) -> None:
    prepare(settings, demo=False)
    assert len(list((settings.instance / "backups").glob("techfloor-*.tar"))) == 1
    assert problems(settings) == []
    prepare(settings, demo=False)
    assert len(list((settings.instance / "backups").glob("techfloor-*.tar"))) == 1


def test_a_step_that_fails_leaves_everything_as_it_was(settings: Settings, tmp_path: Path) -> None:
    failing = next_version(tmp_path / "step", more='    op.execute("DELETE FROM change WHERE id = 1")')
    with failing, pytest.raises(StepError, match=r"rows were lost in change.*Everything is as it was"):
        upgrade.bring_up(settings, with_backup=False)
    assert problems(settings) == []


def test_nothing_to_do_is_said(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(settings, monkeypatch) == 0
    assert "nothing to do" in capsys.readouterr().out
    assert not (settings.instance / "backups").exists()


def test_triggers_that_were_changed_in_the_same_version_are_told(
    settings: Settings, keeper: Keeper, capsys: pytest.CaptureFixture[str]
) -> None:
    run_behind_the_back(
        settings, keeper, "DROP TRIGGER tf_area_update" + ("" if settings.database_file else " ON area")
    )
    prepare(settings, demo=False)
    assert "were not those of this version" in capsys.readouterr().out
    with engine_for(settings.database).connect() as connection:
        found = verify.whole(connection, settings)
    assert found.problems == []
    (note,) = found.notes
    assert note.startswith("On 2026-11-20 09:00 UTC techfloor 0.1.0 found the trigger tf_area_update otherwise")
    assert found.anchored == found.acts, "the act that says so has its anchor"


def test_every_start_that_writes_triggers_anew_is_told_and_no_other(settings: Settings, keeper: Keeper) -> None:
    for trigger in ("tf_area_update", "tf_area_insert"):
        database = "sqlite" if settings.database_file else "postgresql"
        run_behind_the_back(settings, keeper, said_to(database, f"DROP TRIGGER {trigger}"))
        prepare(settings, demo=False)
        prepare(settings, demo=False)
    with engine_for(settings.database).connect() as connection:
        notes = verify.whole(connection, settings).notes
    assert [re.findall(r"tf_\w+", note) for note in notes] == [["tf_area_update"], ["tf_area_insert"]]


def test_no_upgrade_under_a_running_server(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with locked(settings.instance / "server.lock", lambda: None), pytest.raises(StepError, match="Stop it first"):
        command(settings, monkeypatch)


def test_no_upgrade_under_a_server_of_another_machine(settings: Settings, later: None) -> None:
    if settings.database_file:
        pytest.skip("a file has no other machines")
    import psycopg  # noqa: PLC0415

    url = settings.database_url
    with psycopg.connect(url, application_name="techfloor"), pytest.raises(StepError, match="on other machines too"):
        upgrade.bring_up(settings)


# A newer database


@pytest.fixture
def newer(settings: Settings, tmp_path: Path) -> Settings:
    """An instance that the next version has used."""
    with next_version(tmp_path / "step"):
        upgrade.bring_up(settings, with_backup=False)
    return settings


def test_a_newer_database_is_refused_by_whoever_would_touch_it(newer: Settings, tmp_path: Path) -> None:
    for touch in (
        lambda: upgrade.bring_up(newer),
        lambda: prepare(newer, demo=False),
        lambda: problems(newer),
        lambda: backup.make(newer, tmp_path / "backups"),
    ):
        with pytest.raises(StepError, match=r"made by a newer version of techfloor \(its tables are at step 0002"):
            touch()
    assert "made by a newer version" in "\n".join(
        each.words for each in doctor.look(newer) if each.mark == doctor.WRONG
    )


def test_a_backup_of_a_newer_version_is_refused_before_anything_is_touched(settings: Settings, tmp_path: Path) -> None:
    with next_version(tmp_path / "step"):
        upgrade.bring_up(settings, with_backup=False)
        made = backup.make(settings, tmp_path / "backups")
    before = one(settings, "SELECT max(seq) FROM act")
    with pytest.raises(StepError, match="which is newer than this one"):
        restore.put_back(made, settings, "")
    assert one(settings, "SELECT max(seq) FROM act") == before


# An older one


def test_a_backup_of_an_older_version_is_put_back_and_brought_up(
    settings: Settings, tmp_path: Path, keeper: Keeper
) -> None:
    made = backup.make(settings, tmp_path / "backups")
    empty = keeper.of(tmp_path / "other" / "instance", "test-older")
    with next_version(tmp_path / "step"):
        restore.put_back(made, empty, "")
        assert problems(empty) == []
    assert one(empty, "SELECT count(*) FROM area WHERE note = 'none yet'") == one(settings, "SELECT count(*) FROM area")
    keeper.drop(empty)


def test_an_older_database_says_what_to_type(settings: Settings, later: None) -> None:
    with pytest.raises(StepError, match=r"older version. Type: python3 -m techfloor upgrade"):
        problems(settings)
    assert "python3 -m techfloor upgrade" in "\n".join(each.words for each in doctor.look(settings))


def test_a_second_start_finds_the_triggers_that_the_first_one_wrote(tmp_path: Path) -> None:
    start = (
        "import sys; from pathlib import Path; from techfloor.cli.prepare import prepare; "
        "from techfloor.settings import Settings; prepare(Settings(instance=Path(sys.argv[1])), demo=False)"
    )
    # In processes of their own: in this one all tables are known already.
    words = [sys.executable, "-c", start, str(tmp_path)]
    said = [subprocess.run(words, capture_output=True, text=True, check=True).stdout for _ in range(2)]
    assert said == ["", ""]
