"""SQL that somebody may bring to the serving connection against what was signed and the trail: none is taken."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from databases import Keeper
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from techfloor import store
from techfloor.cli.verify import whole
from techfloor.migrations.upgrade import engine_for
from techfloor.settings import Settings
from techfloor.store import databases, db

pytestmark = pytest.mark.database

SIGNED = "(SELECT max(id) FROM record WHERE content_sha256 IS NOT NULL)"
ANOTHER = "(SELECT min(id) FROM record WHERE content_sha256 IS NOT NULL)"
HEAD = "(SELECT max(seq) FROM act)"
A_CHANGE = "(SELECT max(id) FROM change)"


@dataclass(frozen=True)
class Attack:
    """What somebody wants, and the statements that should bring it about; `quiet` without an act."""

    aim: str
    statements: tuple[str, ...]
    quiet: bool = False


def attack(aim: str, *statements: str, quiet: bool = False) -> Attack:
    """Write one attack."""
    return Attack(aim, statements, quiet)


A_READING = (
    "INSERT INTO calibration_reading SELECT {id} AS id, record_id, run, point, place, 99, reference, indication, "
    "difference, error, lower, upper, u, k, rule, verdict, cannot_measure, note, confirmed_slip, corrects_id, "
    f"correction, performed_at, recorded_at, by_id FROM calibration_reading WHERE record_id = {SIGNED} LIMIT 1"
)
NEXT_READING = A_READING.format(id="(SELECT max(id) + 1 FROM calibration_reading)")
A_SIGNATURE = (
    "INTO signature (id, record_id, version, content_sha256, meaning, signer_id, printed_name, signed_at, zone, "
    "method, remark) SELECT id, record_id, version, content_sha256, meaning, signer_id, 'Somebody else', signed_at, "
    "zone, method, remark FROM signature WHERE id = (SELECT max(id) FROM signature)"
)

ON_BOTH = (
    # what was signed
    attack("give a signed record another number", f"UPDATE record SET number = 'CAL-2019-00001' WHERE id = {SIGNED}"),
    attack("say it was performed earlier", f"UPDATE record SET performed_at = opened_at WHERE id = {SIGNED}"),
    attack("unlock it", f"UPDATE record SET content_sha256 = NULL WHERE id = {SIGNED}"),
    attack("hide it behind another version", f"UPDATE record SET version = 7 WHERE id = {SIGNED}"),
    attack("move it to another gauge", f"UPDATE record SET equipment_id = 1 WHERE id = {SIGNED}"),
    attack("take it away", f"DELETE FROM record WHERE id = {SIGNED}"),
    attack("let a fail be a pass", f"UPDATE calibration SET as_found = 'pass' WHERE record_id = {SIGNED}"),
    attack("let others have performed it", f"UPDATE calibration SET performed_by = 1 WHERE record_id = {SIGNED}"),
    attack("take the work away, not its header", f"DELETE FROM calibration WHERE record_id = {SIGNED}"),
    attack("improve a reading", f"UPDATE calibration_reading SET indication = '0.00' WHERE record_id = {SIGNED}"),
    attack("take a reading away", f"DELETE FROM calibration_reading WHERE record_id = {SIGNED}"),
    attack("add a reading", NEXT_READING),
    attack("improve the room", f"UPDATE calibration_ambient SET value = '20.0' WHERE record_id = {SIGNED}"),
    attack("take the room away", f"DELETE FROM calibration_ambient WHERE record_id = {SIGNED}"),
    attack("take the standard away", f"DELETE FROM calibration_standard WHERE record_id = {SIGNED}"),
    attack("use another certificate", f"UPDATE calibration_standard SET certificate_id = 1 WHERE record_id = {SIGNED}"),
    attack("let it rest on other standards", f"UPDATE measurement SET calibration = 'X' WHERE record_id = {SIGNED}"),
    attack("write other content", f"UPDATE record_content SET body = '{{}}' WHERE record_id = {SIGNED}"),
    attack("take the content away", f"DELETE FROM record_content WHERE record_id = {SIGNED}"),
    attack(
        "write other content over it",
        f"INSERT INTO record_content (record_id, sha256, body) VALUES ({SIGNED}, 'x', '{{}}') "
        "ON CONFLICT (record_id) DO UPDATE SET body = excluded.body",
    ),
    attack("sign in another's name", f"UPDATE signature SET signer_id = 1 WHERE record_id = {SIGNED}"),
    attack("let a rejection be a review", "UPDATE signature SET meaning = 'approved'"),
    attack("move a signature", f"UPDATE signature SET record_id = {ANOTHER} WHERE record_id = {SIGNED}"),
    attack("take a signature away", f"DELETE FROM signature WHERE record_id = {SIGNED}"),
    attack(
        "write a signature over",
        f"INSERT {A_SIGNATURE} ON CONFLICT (id) DO UPDATE SET printed_name = excluded.printed_name",
    ),
    attack("swap an attachment", "UPDATE attachment SET sha256 = 'x'"),
    attack("take an attachment away", "DELETE FROM attachment"),
    attack(
        "add an attachment to a signed record",
        "INSERT INTO attachment (record_id, name, media_type, size, sha256, added_by, added_at) "
        "SELECT record_id, 'other.pdf', media_type, size, sha256, added_by, added_at FROM attachment LIMIT 1",
    ),
    attack("issue another paper", "UPDATE issued_pdf SET sha256 = 'x'"),
    attack("take an issued paper away", "DELETE FROM issued_pdf"),
    attack("change what happened to a gauge", "UPDATE equipment_log SET words = 'nothing'"),
    attack("forget who tried to sign in", "DELETE FROM sign_in_event"),
    attack("take back the policy's acceptance", "DELETE FROM policy_acceptance"),
    attack("give a number twice", "UPDATE number_series SET series = 'X' WHERE series LIKE 'CAL%'"),
    attack("change an approved procedure", "UPDATE revision SET body = '{}' WHERE state = 'effective'"),
    attack(
        "change an approved procedure as a draft",
        "UPDATE revision SET state = 'draft' WHERE id = 1",
        "UPDATE revision SET body = '{}' WHERE id = 1",
        "UPDATE revision SET state = 'effective' WHERE id = 1",
    ),
    attack(
        "slip a standard into a signed record",
        "INSERT INTO record (kind, number, version, state, opened_by, opened_at, performed_at, recorded_at) "
        "SELECT kind, 'CAL-2019-00002', 1, 'in progress', opened_by, opened_at, performed_at, recorded_at FROM record "
        f"WHERE id = {SIGNED}",
        "INSERT INTO calibration_standard (record_id, standard_id, certificate_id) SELECT (SELECT max(id) FROM record)"
        f", standard_id, certificate_id FROM calibration_standard WHERE record_id <> {ANOTHER} LIMIT 1",
        f"UPDATE calibration_standard SET record_id = {ANOTHER} WHERE id = (SELECT max(id) FROM calibration_standard)",
    ),
    attack("give a row another key", "UPDATE task SET id = id + 100000 WHERE id = (SELECT max(id) FROM task)"),
    # the trail
    attack("rewrite an act", f"UPDATE act SET body = '{{}}' WHERE seq = {HEAD}"),
    attack("relink an act", f"UPDATE act SET prev = 'x' WHERE seq = {HEAD}"),
    attack("cut the tail", f"DELETE FROM act WHERE seq = {HEAD}"),
    attack("chain a made-up act", "INSERT INTO act (id, seq, body, prev, hash) VALUES ('x', 99999, '{}', 'p', 'h')"),
    attack(
        "write an act over",
        "INSERT INTO act (id, seq, body, prev, hash) SELECT id, seq, '{}', prev, hash FROM act WHERE seq = 1 "
        "ON CONFLICT (id) DO UPDATE SET body = excluded.body",
    ),
    attack("rewrite a change", f"UPDATE change SET body = '{{}}' WHERE id = {A_CHANGE}"),
    attack(
        "move a change to another act",
        f"UPDATE change SET act = (SELECT id FROM act WHERE seq = 1) WHERE id = {A_CHANGE}",
    ),
    attack("forget a change", f"DELETE FROM change WHERE id = {A_CHANGE}"),
    attack("make a change up", "INSERT INTO change (act, body) VALUES ((SELECT id FROM act WHERE seq = 1), '{}')"),
    attack("write without an act", "UPDATE area SET line = 'quiet'", quiet=True),
    attack("enter without an act", "INSERT INTO area (key, name, line, ambient) VALUES ('q', 'Q', '', '')", quiet=True),
    attack("take away without an act", "DELETE FROM person_role", quiet=True),
    # what guards them
    attack("change a table", "ALTER TABLE signature ADD COLUMN other text"),
    attack("give a table another name", "ALTER TABLE signature RENAME TO signature_before"),
    attack("take a table away", "DROP TABLE signature"),
    attack("take the trail away", "DROP TABLE change"),
    attack("make a table", "CREATE TABLE other (id integer)"),
    attack("make a view", "CREATE VIEW mine AS SELECT * FROM signature"),
    attack("stand before a table", "CREATE TEMP TABLE signature (id integer)"),
    attack("stand before a table with a view", "CREATE TEMP VIEW signature AS SELECT 1 AS id"),
    attack("make an index that hides", "CREATE UNIQUE INDEX mine ON act (body)"),
    attack("take an index away", "DROP INDEX ix_change_record"),
)

ON_SQLITE = (
    attack("replace a signature", f"INSERT OR REPLACE {A_SIGNATURE}"),
    attack("replace a signature, said shortly", f"REPLACE {A_SIGNATURE}"),
    attack("replace content", f"REPLACE INTO record_content (record_id, sha256, body) VALUES ({SIGNED}, 'x', '{{}}')"),
    attack("replace a reading", A_READING.format(id="id").replace("INSERT", "INSERT OR REPLACE", 1)),
    attack("replace an area", "REPLACE INTO area (id, key, name, line, ambient) VALUES (1, 'x', 'X', '', '')"),
    attack(
        "replace an area by its word", "REPLACE INTO area (key, name, line, ambient) SELECT key, 'X', '', '' FROM area"
    ),
    attack(
        "update onto another row", "UPDATE OR REPLACE area SET key = (SELECT key FROM area WHERE id = 2) WHERE id = 1"
    ),
    attack("replace an act", "REPLACE INTO act (id, seq, body, prev, hash) SELECT id, seq, '{}', prev, hash FROM act"),
    attack("replace a change", f"REPLACE INTO change (id, act, body) VALUES ({A_CHANGE}, 'x', '{{}}')"),
    attack("write without an act, what fails ignored", "UPDATE OR IGNORE area SET line = 'quiet'", quiet=True),
    attack(
        "enter without an act, what fails ignored",
        "INSERT OR IGNORE INTO area (key, name, line, ambient) VALUES ('q', 'Q', '', '')",
        quiet=True,
    ),
    attack("take the trigger away", "DROP TRIGGER tf_signature_kept"),
    attack("add a trigger", "CREATE TRIGGER mine BEFORE INSERT ON change BEGIN SELECT RAISE(IGNORE); END"),
    attack("add a passing trigger", "CREATE TEMP TRIGGER mine BEFORE INSERT ON change BEGIN SELECT RAISE(IGNORE); END"),
    attack("edit the schema", "PRAGMA writable_schema = ON"),
    attack("edit the schema's table", "UPDATE sqlite_master SET sql = '' WHERE type = 'trigger'"),
    attack("forget the schema", "DELETE FROM sqlite_master WHERE name = 'tf_signature_kept'"),
    attack("switch off what triggers cause", "PRAGMA recursive_triggers = OFF"),
    attack("switch off the keys", "PRAGMA foreign_keys = OFF"),
    attack("put the keys off", "PRAGMA defer_foreign_keys = ON"),
    attack("switch off the checks", "PRAGMA ignore_check_constraints = ON"),
    attack("trust no function in a trigger", "PRAGMA trusted_schema = OFF"),
    attack("let a power cut lose it", "PRAGMA synchronous = OFF"),
    attack("do without a journal", "PRAGMA journal_mode = OFF"),
    attack("pretend another version", "PRAGMA schema_version = 1"),
    attack("attach another file", "ATTACH DATABASE ':memory:' AS other"),
    attack("let the file go", "DETACH DATABASE main"),
    attack("load code", "SELECT load_extension('other')"),
    attack("make a virtual table", "CREATE VIRTUAL TABLE other USING fts5(words)"),
    attack("copy the records out", "COMMIT", "VACUUM INTO 'copied.sqlite'"),
    attack("commit before the seal", "UPDATE area SET line = 'unsealed'", "COMMIT"),
    attack("write in a page that reads", "PRAGMA query_only = OFF", "UPDATE area SET line = 'read'", quiet=True),
)

ON_POSTGRESQL = (
    attack("empty the signatures", "TRUNCATE signature"),
    attack("empty the trail", "TRUNCATE act CASCADE"),
    attack("empty the changes", "TRUNCATE change"),
    attack("merge it away", "MERGE INTO signature USING (SELECT 1) one ON true WHEN MATCHED THEN DELETE"),
    attack("take away in passing", "WITH gone AS (DELETE FROM change RETURNING 1) SELECT count(*) FROM gone"),
    attack("take away in a block", "DO $$ BEGIN DELETE FROM signature; END $$"),
    attack("swap a file's bytes", "UPDATE blob SET data = ''"),
    attack("take a file away", "DELETE FROM blob"),
    attack(
        "write a file over",
        "INSERT INTO blob SELECT sha256, '' FROM blob LIMIT 1 ON CONFLICT (sha256) DO UPDATE SET data = excluded.data",
    ),
    attack("copy a change in", "COPY change (act, body) FROM PROGRAM 'true'"),
    attack("run a program", "COPY area TO PROGRAM 'cat'"),
    attack("write a file of the server", "COPY area TO '/tmp/techfloor-area'"),
    attack("read a file of the server", "SELECT pg_read_file('/etc/passwd')"),
    attack("read a file as a large object", "SELECT lo_import('/etc/passwd')"),
    attack("look around on the server", "SELECT pg_ls_dir('/')"),
    attack("make triggers idle", "SET session_replication_role = replica"),
    attack("make triggers idle by a function", "SELECT set_config('session_replication_role', 'replica', true)"),
    attack("become the owner", "SET ROLE techfloor_owner"),
    attack("become the owner of the session", "SET SESSION AUTHORIZATION techfloor_owner"),
    attack("rise", "ALTER ROLE CURRENT_USER SUPERUSER"),
    attack("pass by row rules", "ALTER ROLE CURRENT_USER BYPASSRLS"),
    attack("make a role", "CREATE ROLE other LOGIN"),
    attack("join the owner", "GRANT techfloor_owner TO CURRENT_USER"),
    attack("take what the owner has", "REASSIGN OWNED BY techfloor_owner TO CURRENT_USER"),
    attack("give oneself the right", "GRANT DELETE ON signature TO CURRENT_USER", "DELETE FROM signature"),
    attack("become a reader of all", "GRANT pg_read_server_files TO CURRENT_USER"),
    attack("let the trigger rest", "ALTER TABLE signature DISABLE TRIGGER ALL"),
    attack("take the trigger away", "DROP TRIGGER tf_signature_kept ON signature"),
    attack("take its function away", "DROP FUNCTION tf_signature_kept() CASCADE"),
    attack(
        "write its function anew",
        "CREATE OR REPLACE FUNCTION tf_area_insert() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    ),
    attack("add a trigger", "CREATE TRIGGER mine BEFORE INSERT ON area FOR EACH ROW EXECUTE FUNCTION tf_change_open()"),
    attack("add a rule", "CREATE RULE mine AS ON INSERT TO change DO INSTEAD NOTHING"),
    attack("loosen a key", "ALTER TABLE change DROP CONSTRAINT fk_change_act"),
    attack("hide rows", "ALTER TABLE signature ENABLE ROW LEVEL SECURITY"),
    attack("own the seal", "ALTER FUNCTION tf_seal(text) OWNER TO CURRENT_USER"),
    attack("let the seal run as anybody", "ALTER FUNCTION tf_seal(text) SECURITY INVOKER"),
    attack("take the seal away", "DROP FUNCTION tf_seal(text)"),
    attack("seal an act of nothing", "SELECT * FROM tf_seal('{}')"),
    attack("seal what no reader can read", "UPDATE area SET line = 'x'", "SELECT * FROM tf_seal('no object')"),
    attack(
        "write on after the seal",
        "UPDATE area SET line = 'x'",
        "SELECT * FROM tf_seal('{}')",
        "UPDATE area SET line = 'y'",
    ),
    attack(
        "write into a sealed act",
        f"SELECT set_config('tf.act', (SELECT id FROM act WHERE seq = {HEAD}), true)",
        "UPDATE area SET line = 'x'",
    ),
    attack(
        "write into an act that nobody seals",
        "SELECT set_config('tf.act', 'made-up', true)",
        "UPDATE area SET line = 'x'",
    ),
    attack("check the keys before the seal", "UPDATE area SET line = 'x'", "SET CONSTRAINTS ALL IMMEDIATE"),
    attack("commit before the seal", "UPDATE area SET line = 'x'", "COMMIT"),
    attack("call a trigger's function", "SELECT tf_area_insert()"),
    attack("number changes anew", "SELECT setval('change_id_seq', 1)"),
    attack("make a schema", "CREATE SCHEMA other"),
    attack("make a function", "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'"),
    attack("bring an extension", "CREATE EXTENSION dblink"),
    attack("look elsewhere first", "SET LOCAL search_path = pg_temp, public", "DELETE FROM public.signature"),
    attack("shut the trail", "LOCK TABLE act IN ACCESS EXCLUSIVE MODE"),
    attack("set the server", "ALTER SYSTEM SET fsync = off"),
    attack(
        "set the database",
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET session_replication_role = replica', current_database()); "
        "END $$",
    ),
    attack("answer a query with a deed", "SELECT query_to_xml('DELETE FROM signature', true, false, '')"),
    attack("write in a page that reads", "SET TRANSACTION READ WRITE", "UPDATE area SET line = 'read'", quiet=True),
)

OF_NO_REFUSAL = re.compile(r"syntax error|no such (table|column|function)|does not exist|has \d+ columns|ambiguous")
"""Words of a statement that was wrong, not refused."""


@pytest.fixture
def besieged(lived_in: tuple[Flask, Settings]) -> Iterator[Flask]:
    """The application on its records."""
    app, _settings = lived_in
    db.session.remove()
    yield app
    db.session.remove()
    db.engine.dispose()


def try_out(tried: Attack) -> None:
    """Run the statements of an attack in one transaction, with or without an act."""
    with store.quiet() if tried.quiet else store.act("attack:trail:try"):
        for statement in tried.statements:
            db.session.execute(text(statement.replace(":", r"\:")))


def refuse(tried: Attack) -> None:
    """Try an attack, which must be refused for what it is and not for a slip in it."""
    with pytest.raises(SQLAlchemyError) as refused:
        try_out(tried)
    assert not OF_NO_REFUSAL.search(str(refused.value).partition("[SQL")[0]), refused.value


def only_on(name: str) -> None:
    """Leave an attack on the other database out."""
    if databases.of(db.session.connection()).name != name:
        pytest.skip(f"said in the words of {name}")
    db.session.rollback()


@pytest.mark.clause("21 CFR 11.10(e)")
@pytest.mark.parametrize("tried", ON_BOTH, ids=lambda tried: tried.aim)
def test_no_attack_is_taken(besieged: Flask, tried: Attack) -> None:
    refuse(tried)


@pytest.mark.parametrize("tried", ON_SQLITE, ids=lambda tried: tried.aim)
def test_sqlite_takes_no_attack(besieged: Flask, tried: Attack) -> None:
    only_on("sqlite")
    refuse(tried)


@pytest.mark.parametrize("tried", ON_POSTGRESQL, ids=lambda tried: tried.aim)
def test_postgresql_takes_no_attack(besieged: Flask, tried: Attack) -> None:
    only_on("postgresql")
    refuse(tried)


def test_after_all_of_them_nothing_is_wrong(besieged: Flask, lived_in: tuple[Flask, Settings], keeper: Keeper) -> None:
    _app, settings = lived_in
    with engine_for(keeper.master_url(settings)).connect() as connection:
        assert whole(connection, settings).problems == []
