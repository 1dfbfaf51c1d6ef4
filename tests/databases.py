"""Where the tests keep records: SQLite files, or a PostgreSQL cluster of the tests' own that --postgresql names."""

import re
import shutil
import uuid
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import make_url

from techfloor.settings import Settings

OWNER, APPLICATION = "techfloor_owner", "techfloor_app"
UNLIMITED = 0
"""Tests ask faster than anybody works; `attacks/test_floods.py` looks at the limit."""


class Keeper(Protocol):
    """Makes databases for tests, empties and copies of a template."""

    place: str
    """What tells it from others, in names: a template in one cluster is none in another."""

    def of(self, instance: Path, name: str) -> Settings:
        """Return the settings of an instance whose database is called `name`; on a server it is made, empty."""

    def copy(self, template: Path, instance: Path) -> Settings:
        """Return the settings of a copy of a template."""

    def keep(self, settings: Settings, template: Path) -> None:
        """Make a template of an instance with which nobody is connected."""

    def put_back(self, template: Path, settings: Settings) -> None:
        """Make an instance with which nobody is connected what the template is, in its place."""

    def drop_template(self, template: Path) -> None:
        """Take away what stands outside the folder of a template."""

    def master_url(self, settings: Settings) -> str:
        """Return the URL of whoever holds the database whole, as the application does not."""

    def drop(self, settings: Settings) -> None:
        """Take away what stands outside the instance's folder."""

    def close(self) -> None:
        """Let go of the server."""


class InFiles:
    """Databases in the folder of the instance."""

    place = "files"

    def of(self, instance: Path, name: str) -> Settings:
        """Return the settings; the file is made by the upgrade."""
        return Settings(instance=instance, demo=True, pages_per_second=UNLIMITED)

    def copy(self, template: Path, instance: Path) -> Settings:
        """Copy the folder, database and all."""
        return Settings(instance=Path(shutil.copytree(template, instance)), demo=True, pages_per_second=UNLIMITED)

    def keep(self, settings: Settings, template: Path) -> None:
        """Copy the folder."""
        shutil.copytree(settings.instance, template)

    def put_back(self, template: Path, settings: Settings) -> None:
        """Copy the folder over what is there; an open log goes on in the same file."""
        shutil.copytree(template, settings.instance, dirs_exist_ok=True)

    def drop_template(self, template: Path) -> None:
        """Do nothing: the folder goes with the run."""

    def master_url(self, settings: Settings) -> str:
        """Return the URL of the file: who holds it holds all."""
        return settings.database

    def drop(self, settings: Settings) -> None:
        """Do nothing: the folder goes with the test."""

    def close(self) -> None:
        """Do nothing: files are opened by those who use them."""


class OnServer:
    """Databases on a cluster, made and dropped by its superuser, and used by an owner and an application's role."""

    def __init__(self, admin_url: str) -> None:
        self.admin_url = make_url(admin_url)
        self._admin: Any = None
        secret = f"PASSWORD '{self.admin_url.password}'" if self.admin_url.password else ""
        with self._connect() as admin:
            admin.execute("SELECT pg_advisory_lock(1)")  # several processes of one run begin at once
            for role in (OWNER, APPLICATION):
                if admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone() is None:
                    admin.execute(f"CREATE ROLE {role} LOGIN {secret}")
            (cluster,) = admin.execute("SELECT system_identifier FROM pg_control_system()").fetchone()
            self.place = f"server-{cluster}"

    def _connect(self) -> Any:
        import psycopg  # noqa: PLC0415 - only a run on PostgreSQL needs the driver

        return psycopg.connect(self.admin_url.render_as_string(hide_password=False), autocommit=True)

    def _run(self, *statements: str) -> None:
        """Run statements on one connection: to make one takes as long as to copy half a database."""
        if self._admin is None or self._admin.closed:
            self._admin = self._connect()
        for statement in statements:
            self._admin.execute(statement)

    def close(self) -> None:
        """Close the connection."""
        if self._admin is not None:
            self._admin.close()

    def _copy_database(self, name: str, source: str) -> None:
        self._run(
            f'CREATE DATABASE "{name}" TEMPLATE "{source}" STRATEGY file_copy OWNER {OWNER}',
            f'REVOKE TEMPORARY ON DATABASE "{name}" FROM PUBLIC',  # what an upgrade took away is not copied
        )

    def _settings(self, instance: Path, name: str) -> Settings:
        def url(role: str) -> str:
            return self.admin_url.set(username=role, database=name).render_as_string(hide_password=False)

        return Settings(
            instance=instance,
            demo=True,
            database_url=url(APPLICATION),
            database_owner_url=url(OWNER),
            pages_per_second=UNLIMITED,
        )

    def of(self, instance: Path, name: str) -> Settings:
        """Return the settings of an instance with an empty database."""
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}" OWNER {OWNER}')
        return self._settings(instance, name)

    def copy(self, template: Path, instance: Path) -> Settings:
        """Copy the folder, and the database that has the template's name."""
        shutil.copytree(template, instance)
        name = f"test-{uuid.uuid4().hex[:16]}"
        self._copy_database(name, template.name)
        return self._settings(instance, name)

    def keep(self, settings: Settings, template: Path) -> None:
        """Copy the folder, and the database under the template's name."""
        shutil.copytree(settings.instance, template)
        self._copy_database(template.name, _name(settings))

    def put_back(self, template: Path, settings: Settings) -> None:
        """Copy the folder over what is there, and the database to where the other one was."""
        shutil.copytree(template, settings.instance, dirs_exist_ok=True)
        self._drop(_name(settings))
        self._copy_database(_name(settings), template.name)

    def drop_template(self, template: Path) -> None:
        """Drop the database that has the template's name."""
        self._drop(template.name)

    def master_url(self, settings: Settings) -> str:
        """Return the superuser's URL."""
        named = self.admin_url.set(drivername="postgresql+psycopg", database=make_url(settings.database).database)
        return named.render_as_string(hide_password=False)

    def drop(self, settings: Settings) -> None:
        """Drop the database."""
        self._drop(_name(settings))

    def _drop(self, name: str) -> None:
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _name(settings: Settings) -> str:
    """Return the name of the database of an instance."""
    return str(make_url(settings.database_url).database)


def keeper(admin_url: str | None) -> Keeper:
    """Return where this run keeps its records."""
    return OnServer(admin_url) if admin_url else InFiles()


def said_to(database: str, statement: str) -> str:
    """Return a statement of somebody who holds an SQLite file as the other database wants it said."""
    if database == "sqlite":
        return statement
    if statement == "PRAGMA foreign_keys = OFF":
        return "ALTER TABLE change DROP CONSTRAINT fk_change_act"
    return re.sub(r"^DROP TRIGGER (tf_(\w+)_[a-z]+)$", r"DROP TRIGGER \1 ON \2", statement)
