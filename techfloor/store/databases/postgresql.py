"""PostgreSQL: many writers, row locks, and a trail that the application's own role can only add to."""

import select
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.pool import QueuePool
from sqlalchemy.schema import Table as SchemaTable

from techfloor.store import trail
from techfloor.store.acts import Act, Mode
from techfloor.store.base import Audit, Base
from techfloor.store.databases import Line, row_key
from techfloor.store.queue import Busy, Uncertain
from techfloor.store.types import canonical_json

_WAITS = "-c lock_timeout=10s -c idle_in_transaction_session_timeout=5min -c timezone=UTC"
_NEXT = "FETCH 1000 FROM tf_stream"
_GAVE_UP_WAITING = "SyncRepWaitForLSN"
_LOST_AFTER = {"connect_timeout": 3, "tcp_user_timeout": 10_000}
"""Seconds to reach each of several hosts, and milliseconds until a host that is silent counts as gone."""

# pg_trigger.tgtype, as catalog/pg_trigger.h numbers its bits.
_ROW, _BEFORE = 1, 2
_EVENTS = {"INSERT": 4, "DELETE": 8, "UPDATE": 16, "TRUNCATE": 32}


@dataclass(frozen=True)
class _Trigger:
    """One generated trigger with the function it runs, which has its name."""

    table: str
    name: str
    event: str
    body: str
    before: bool = True
    columns: tuple[str, ...] = ()

    @property
    def _each(self) -> str:
        return "STATEMENT" if self.event == "TRUNCATE" else "ROW"

    def create(self) -> Iterator[str]:
        """Return the statements that make it; the function runs as its owner, whoever caused it."""
        yield (
            f'CREATE FUNCTION "{self.name}"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER '
            f"SET search_path = public, pg_temp AS $tf${self.body}$tf$"
        )
        names = ", ".join(f'"{name}"' for name in self.columns)
        of = f" OF {names}" if names else ""
        yield (
            f'CREATE TRIGGER "{self.name}" {"BEFORE" if self.before else "AFTER"} {self.event}{of} '
            f'ON "{self.table}" FOR EACH {self._each} EXECUTE FUNCTION "{self.name}"()'
        )

    def told(self) -> str:
        """Return the trigger as `installed_triggers` reads it back from the database."""
        kind = _EVENTS[self.event] | (_BEFORE if self.before else 0) | (_ROW if self._each == "ROW" else 0)
        return _told(self.table, kind, "O", sorted(self.columns), True, self.body)


def _told(table: str, kind: int, enabled: str, columns: list[str], definer: bool, body: str) -> str:
    return f"{table} {kind} {enabled} {','.join(columns)} {'definer' if definer else 'invoker'}\n{body}"


_SEAL = """
DECLARE
  own text := nullif(current_setting('tf.act', true), '');
  last_seq integer; last_hash text; data bytea; piece text; sealed text;
BEGIN
  IF json_typeof(act_body::json) <> 'object' OR NOT EXISTS (SELECT 1 FROM change WHERE change.act = own) THEN
    RAISE EXCEPTION 'techfloor: this is no act';
  END IF;
  -- The lock comes last, at the commit: acts wait for each other only while they are chained.
  PERFORM pg_advisory_xact_lock(7830001);
  SELECT act.seq, act.hash INTO last_seq, last_hash FROM act ORDER BY act.seq DESC LIMIT 1;
  last_seq := coalesce(last_seq, 0);
  last_hash := coalesce(last_hash, repeat('0', 64));
  data := convert_to(last_hash || E'\\n' || octet_length(convert_to(act_body, 'UTF8')) || E'\\n' || act_body, 'UTF8');
  FOR piece IN SELECT change.body FROM change WHERE change.act = own ORDER BY change.id LOOP
    data := data || convert_to(E'\\n' || octet_length(convert_to(piece, 'UTF8')) || E'\\n' || piece, 'UTF8');
  END LOOP;
  sealed := encode(sha256(data), 'hex');
  INSERT INTO act (id, seq, body, prev, hash) VALUES (own, last_seq + 1, act_body, last_hash, sealed);
  RETURN QUERY SELECT last_seq + 1, sealed;
END
"""
_CHANGED = "SELECT 1 FROM public.change WHERE act = %s LIMIT 1"
_REFUSE = "\nBEGIN\n  RAISE EXCEPTION 'techfloor: {table} {word}';\nEND\n"
# An act that was sealed takes in nothing more: its id alone opens no door.
_OPEN = """
BEGIN
  IF EXISTS (SELECT 1 FROM act WHERE id = NEW.act) THEN
    RAISE EXCEPTION 'techfloor: act is sealed';
  END IF;
  RETURN NEW;
END
"""
# FOR SHARE waits for a signature under way, and a signature waits for it: without the lock a row could slip in
# between what was shown and what is signed.
_UNSIGNED = """
DECLARE signed text;
BEGIN
  SELECT content_sha256 INTO signed FROM record WHERE id = {image}."{root}" FOR SHARE;
  IF signed IS NOT NULL THEN
    RAISE EXCEPTION 'techfloor: {table} is signed';
  END IF;
  RETURN NEW;
END
"""
_SETTLED = """
BEGIN
  IF {settled} THEN
    RAISE EXCEPTION 'techfloor: {table} is settled';
  END IF;
  RETURN NEW;
END
"""
_STAYS_SETTLED = """
BEGIN
  IF ({settled}) AND NOT ({after}) THEN
    RAISE EXCEPTION 'techfloor: {table} stays settled';
  END IF;
  RETURN NEW;
END
"""
_KEEPS_ITS_PLACE = """
BEGIN
  IF ({new}) IS DISTINCT FROM ({old}) THEN
    RAISE EXCEPTION 'techfloor: {table} keeps its key and its record';
  END IF;
  RETURN NEW;
END
"""
_HEADER_UNSIGNED = """
BEGIN
  IF OLD.content_sha256 IS NOT NULL THEN
    RAISE EXCEPTION 'techfloor: record is signed';
  END IF;
  RETURN NEW;
END
"""


_SERVING = "techfloor"
"""By this name the server knows the connections that serve."""


class PostgreSQL:
    """The rules of PostgreSQL 15 and newer; see `Database` for what each method is asked."""

    name = "postgresql"
    one_writer = False

    def engine_options(self) -> dict[str, Any]:
        """Return what a serving engine is made with."""
        return {
            "poolclass": QueuePool,
            "pool_size": 20,
            "max_overflow": 20,
            "pool_use_lifo": True,
            "connect_args": {"options": _WAITS, "application_name": _SERVING, **_LOST_AFTER},
        }

    def upgrade_options(self) -> dict[str, Any]:
        """Return what the engine of an upgrade or a check is made with."""
        return {"connect_args": {"options": "-c timezone=UTC", "application_name": "techfloor upgrade"}}

    def opened(self, raw: Any, line: Line, *, serving: bool) -> None:
        """Listen to what the server says besides; what a serving connection may do stands in the rights of its role."""
        raw.add_notice_handler(partial(_listen, line))

    def begin(self, raw: Any, line: Line) -> None:
        """Begin a snapshot to read, or name the act to the triggers and write under row locks."""
        from psycopg import IsolationLevel  # noqa: PLC0415 - only a plant on PostgreSQL has the driver

        reading = line.mode is Mode.READ
        raw.read_only = line.read_only = reading
        raw.isolation_level = IsolationLevel.REPEATABLE_READ if reading else IsolationLevel.READ_COMMITTED
        if not reading:
            raw.execute("SELECT set_config('tf.act', %s, true)", (line.act or "",))

    def seal(self, raw: Any, act: Act) -> tuple[int, str] | None:
        """Seal the act under way; returns its place and hash, None when it changed nothing."""
        from psycopg.errors import LockNotAvailable  # noqa: PLC0415

        if raw.execute(_CHANGED, (act.id,)).fetchone() is None:
            return None
        try:
            seq, sealed = raw.execute("SELECT * FROM public.tf_seal(%s)", (canonical_json(act.body()),)).fetchone()
        except LockNotAvailable as error:
            raise Busy(str(error)) from error
        return int(seq), str(sealed)

    def commit(self, raw: Any, line: Line) -> None:
        """Commit; raises Uncertain when the connection broke meanwhile, or the standby never confirmed."""
        from psycopg import OperationalError  # noqa: PLC0415

        try:
            raw.commit()
        except OperationalError as error:
            if raw.closed and not line.read_only:
                raise Uncertain(str(error)) from error
            raise
        if line.unconfirmed:
            raise Uncertain("the server gave up waiting for its standby")

    def alive(self, raw: Any) -> bool:
        """Tell whether the server has said nothing: to an idle connection it says only that it ends."""
        return not select.select([raw], [], [], 0)[0]

    def begin_upgrade(self, raw: Any) -> None:
        """Begin under a lock of its own: of two servers that start at once, one upgrades and the other waits."""
        raw.execute("SELECT pg_advisory_xact_lock(7830002)")

    def broken_references(self, connection: Connection) -> list[str]:
        """Return nothing: PostgreSQL checks them itself while tables change."""
        return []

    def tables(self, connection: Connection) -> list[str]:
        """Return the tables that stand in the database and whose rows an upgrade must not lose."""
        rows = connection.exec_driver_sql(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' "
            "AND tablename NOT IN ('alembic_version', 'search_words')"
        )
        return [row[0] for row in rows]

    def after_upgrade(self, connection: Connection, role: str) -> None:
        """Give the application's role what it needs and no more: of what is only added to, it may change nothing."""
        if role == connection.exec_driver_sql("SELECT current_user").scalar_one():
            return
        cursor = connection.connection.cursor()
        for statement in _rights(role):
            cursor.execute(statement)
        cursor.close()

    def stream(self, connection: Connection, query: str) -> Iterator[Any]:
        """Read rows in chunks; the server makes the next ones while the caller looks at these."""
        connection.exec_driver_sql("SET LOCAL work_mem = '256MB'")  # a long trail is sorted without the disk
        raw: Any = connection.connection.dbapi_connection
        raw.execute(f"DECLARE tf_stream CURSOR FOR {query}")
        with raw.pipeline():
            ahead = raw.execute(_NEXT)
            while rows := ahead.fetchall():
                ahead = raw.execute(_NEXT)
                yield from rows
        raw.execute("CLOSE tf_stream")

    def row_json(self, table: SchemaTable, audit: Audit, alias: str) -> str:
        """Return the SQL that writes a row as JSON text."""
        return f"{_image(table, audit, alias)}::text"

    def upgrade_json(self, table: SchemaTable, audit: Audit, alias: str) -> str:
        """Return the SQL that writes, as the body of a change, what an upgrade made of a row."""
        named = f"'op', '{trail.UPGRADE}', 'table', '{table.name}', 'row', {row_key(table, alias)}, 'record', NULL"
        return f"json_build_object({named}, 'new', {_image(table, audit, alias)})::text"

    def name_act(self, raw: Any, act: Act) -> None:
        """Name the act for the rest of the transaction."""
        raw.execute("SELECT set_config('tf.act', %s, true)", (act.id,))

    def servers(self, connection: Connection) -> int:
        """Return how many connections of servers there are, of this machine and of others."""
        return int(
            connection.exec_driver_sql(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                f"AND application_name = '{_SERVING}'"
            ).scalar_one()
        )

    def expected_triggers(self) -> dict[str, str]:
        """Return the whole set of triggers that the models ask for, by name, and the function that seals."""
        return {trigger.name: trigger.told() for trigger in _all_triggers()} | {"tf_seal": f"definer\n{_SEAL}"}

    def installed_triggers(self, connection: Connection) -> dict[str, str]:
        """Return the triggers that stand in the database, by name, and the function that seals."""
        rows = connection.exec_driver_sql(
            "SELECT t.tgname, c.relname, t.tgtype, t.tgenabled, p.prosecdef, p.prosrc, "
            "ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY(t.tgattr)) "
            "FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid "
            "WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace"
        )
        found = {r[0]: _told(r[1], r[2], r[3], sorted(r[6]), r[4], r[5]) for r in rows}
        seals = connection.exec_driver_sql(
            "SELECT prosecdef, prosrc FROM pg_proc WHERE proname = 'tf_seal' AND pronamespace = 'public'::regnamespace"
        )
        for definer, body in seals:
            found["tf_seal"] = f"{'definer' if definer else 'invoker'}\n{body}"
        return found

    def drop_triggers(self, connection: Connection) -> None:
        """Take the generated triggers and functions away."""
        rows = connection.exec_driver_sql(
            "SELECT oid::regprocedure::text FROM pg_proc "
            "WHERE proname LIKE 'tf\\_%%' AND pronamespace = 'public'::regnamespace"
        )
        for (function,) in rows.fetchall():
            connection.exec_driver_sql(f"DROP FUNCTION {function} CASCADE")

    def install_triggers(self, connection: Connection) -> None:
        """Write the triggers the models ask for."""
        self.drop_triggers(connection)
        statements = [statement for trigger in _all_triggers() for statement in trigger.create()]
        statements.append(
            "CREATE FUNCTION tf_seal(act_body text) RETURNS TABLE (place integer, head text) LANGUAGE plpgsql "
            f"SECURITY DEFINER SET search_path = public, pg_temp AS $tf${_SEAL}$tf$"
        )
        cursor = connection.connection.cursor()
        for statement in statements:
            cursor.execute(statement)
        cursor.close()


def _listen(line: Line, said: Any) -> None:
    # “canceling wait for synchronous replication”, in whichever language the server speaks: the act stands here, and
    # would be gone with this machine.
    if said.source_function == _GAVE_UP_WAITING:
        line.unconfirmed = True


def _image(table: SchemaTable, audit: Audit, alias: str) -> str:
    parts = []
    for column in table.columns:
        value = f'{alias}."{column.name}"'
        if column.name in audit.hidden:
            value = f"'sha256:' || encode(sha256(convert_to({value}, 'UTF8')), 'hex')"
        parts.append(f"'{column.name}', {value}")
    return f"json_build_object({', '.join(parts)})"


def _all_triggers() -> list[_Trigger]:
    made = [
        _Trigger(name, f"tf_{name}_{event.lower()}", event, _REFUSE.format(table=name, word="is never changed"))
        for name in ("act", "change")
        for event in ("UPDATE", "DELETE", "TRUNCATE")
    ]
    made.append(_Trigger("change", "tf_change_open", "INSERT", _OPEN))
    for table, audit in trail.audited():
        made.extend(_recording(table, audit))
        made.extend(_refusing(table, audit))
        if audit.locks:
            made.extend(_locking(table, audit))
    return made


def _recording(table: SchemaTable, audit: Audit) -> Iterator[_Trigger]:
    for op, images in trail.recorded(audit).items():
        main = images[-1]
        record = f'{main}."{audit.root}"' if audit.root else "NULL"
        rows = ", ".join(f"'{image.lower()}', {_image(table, audit, image)}" for image in images)
        body = (
            "\nBEGIN\n"
            "  INSERT INTO change (act, body) VALUES (nullif(current_setting('tf.act', true), ''),\n"
            f"    json_build_object('op', '{op}', 'table', '{table.name}', 'row', {row_key(table, main)}, "
            f"'record', {record}, {rows})::text);\n"
            "  RETURN NULL;\nEND\n"
        )
        yield _Trigger(table.name, f"tf_{table.name}_{op}", op.upper(), body, before=False)


def _refusing(table: SchemaTable, audit: Audit) -> Iterator[_Trigger]:
    name = table.name
    if audit.append_only:
        yield _Trigger(name, f"tf_{name}_fixed", "UPDATE", _REFUSE.format(table=name, word="is never changed"))
    else:
        yield _keeping_its_place(table, audit)
    if not audit.deletable:
        yield _Trigger(name, f"tf_{name}_kept", "DELETE", _REFUSE.format(table=name, word="is never deleted"))
    if audit.settled:
        body = _SETTLED.format(table=name, settled=audit.settled)
        yield _Trigger(name, f"tf_{name}_settled", "UPDATE", body, columns=tuple(trail.fixed_columns(table, audit)))
        body = _STAYS_SETTLED.format(table=name, settled=audit.settled, after=audit.settled_after)
        yield _Trigger(name, f"tf_{name}_stays", "UPDATE", body)
    yield _Trigger(name, f"tf_{name}_emptied", "TRUNCATE", _REFUSE.format(table=name, word="is never deleted"))


def _keeping_its_place(table: SchemaTable, audit: Audit) -> _Trigger:
    columns = tuple(trail.place_columns(table, audit))
    new, old = (", ".join(f'{image}."{name}"' for name in columns) for image in ("NEW", "OLD"))
    body = _KEEPS_ITS_PLACE.format(table=table.name, new=new, old=old)
    return _Trigger(table.name, f"tf_{table.name}_place", "UPDATE", body, columns=columns)


def _locking(table: SchemaTable, audit: Audit) -> Iterator[_Trigger]:
    fixed = tuple(trail.fixed_columns(table, audit))
    if table.name == "record":
        yield _Trigger("record", "tf_record_signed", "UPDATE", _HEADER_UNSIGNED, columns=fixed)
        return
    if not audit.append_only:
        body = _UNSIGNED.format(table=table.name, root=audit.root, image="OLD")
        yield _Trigger(table.name, f"tf_{table.name}_signed", "UPDATE", body, columns=fixed)
    body = _UNSIGNED.format(table=table.name, root=audit.root, image="NEW")
    yield _Trigger(table.name, f"tf_{table.name}_closed", "INSERT", body)


def _rights(role: str) -> Iterator[str]:
    quoted = '"' + role.replace('"', '""') + '"'
    audits = {table.name: audit for table, audit in trail.audited()}
    # A temporary table could stand before a real one in the search path.
    yield "DO $$ BEGIN EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()); END $$"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {quoted}"
    yield f"GRANT USAGE ON SCHEMA public TO {quoted}"
    yield f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {quoted}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {quoted}"
    yield f"GRANT INSERT, UPDATE, DELETE ON search_words TO {quoted}"
    yield f"GRANT INSERT ON blob TO {quoted}"
    for table in Base.metadata.sorted_tables:
        if table.name in {"act", "change"}:
            continue
        audit = audits.get(table.name)
        may = ["INSERT"]
        if audit is None or not audit.append_only:
            may.append("UPDATE")
        if audit is None or audit.deletable:
            may.append("DELETE")
        yield f'GRANT {", ".join(may)} ON "{table.name}" TO {quoted}'
    yield "REVOKE ALL ON FUNCTION tf_seal(text) FROM PUBLIC"
    yield f"GRANT EXECUTE ON FUNCTION tf_seal(text) TO {quoted}"
