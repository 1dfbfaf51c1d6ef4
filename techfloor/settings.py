"""What the installation is told once, at its start, by instance/techfloor.toml and TECHFLOOR_* variables."""

import difflib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

INSTANCE = "TECHFLOOR_INSTANCE"
"""The variable that names the instance folder, for whoever calls `load`; not a setting of that folder."""

SMTP_PORTS = {"starttls": 587, "tls": 465, "none": 25}
"""How a mail server is talked to, and the port it usually listens at."""
_PORT = 5432
"""Where PostgreSQL listens unless it is told otherwise."""


class SettingsError(Exception):
    """The settings cannot be used; the sentence says which and what to do."""


@dataclass(frozen=True)
class Settings:
    """The settings of one instance; each field is documented in docs/settings.md."""

    instance: Path
    database_url: str = ""
    database_owner_url: str = ""
    public_url: str = ""
    served_url: str = ""
    anchors_copy: str = ""
    secure_cookies: bool = False
    max_upload_mb: int = 20
    pages_per_second: int = 20
    proxies: int = 0
    smtp_host: str = ""
    smtp_port: int = 0
    smtp_security: str = "starttls"
    smtp_user: str = ""
    smtp_password_file: str = ""
    mail_from: str = ""
    mail_hour: int = 6
    demo: bool = False

    @property
    def mails(self) -> bool:
        """Tell whether the plant has a mail server; without one nothing of e-mail is offered."""
        return bool(self.smtp_host)

    @property
    def database(self) -> str:
        """The SQLAlchemy URL of the database: the one named, or SQLite in the instance folder."""
        return _with_driver(self.database_url) or f"sqlite:///{self.instance / 'techfloor.sqlite'}"

    @property
    def owner_database(self) -> str:
        """The URL of the role that owns the tables and upgrades them: the database's own where none is named."""
        return _with_driver(self.database_owner_url) or self.database

    @property
    def database_role(self) -> str:
        """The role that the application signs in to a database server as, "" for a file."""
        return urlsplit(self.database).username or ""

    @property
    def database_file(self) -> Path | None:
        """The file the records stand in, None for a database server."""
        return None if self.database_url else self.instance / "techfloor.sqlite"

    @property
    def blobs(self) -> Path:
        """The folder that keeps attachments and issued PDFs under their hash."""
        return self.instance / "blobs"


def _with_driver(url: str) -> str:
    """Return a PostgreSQL URL as it is usually written with the driver that techfloor brings for it."""
    scheme, colon, rest = url.partition(":")
    return _hosts_apart(f"postgresql+psycopg:{rest}") if colon and scheme in {"postgres", "postgresql"} else url


def _hosts_apart(url: str) -> str:
    """Return a URL whose hosts stand apart, as SQLAlchemy wants them, from one with commas, as PostgreSQL writes it."""
    parts = urlsplit(url)
    who, at, hosts = parts.netloc.rpartition("@")
    if "," not in hosts:
        return url
    each = [f"host={host if ':' in host else f'{host}:{_PORT}'}" for host in hosts.split(",")]
    return urlunsplit(parts._replace(netloc=who + at, query="&".join([*filter(None, [parts.query]), *each])))


def load(instance: Path, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings of `instance`; raises SettingsError for an unknown key or a value of a wrong kind."""
    given: dict[str, object] = {}
    file = instance / "techfloor.toml"
    if file.exists():
        try:
            given.update(tomllib.loads(file.read_text("utf-8")))
        except tomllib.TOMLDecodeError as error:
            raise SettingsError(f"{file} cannot be read: {error}") from error
    for variable, text in environ.items():
        if variable.startswith("TECHFLOOR_") and variable != INSTANCE:
            given[variable.removeprefix("TECHFLOOR_").lower()] = text
    known = {f.name: f.type for f in fields(Settings) if f.name != "instance"}
    values: dict[str, object] = {}
    for name, value in given.items():
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.0)[0]
            raise SettingsError(f"There is no setting “{name}”. Did you mean “{near}”?")
        values[name] = _typed(name, value, type(getattr(Settings, name)))
    return _checked(replace(Settings(instance=instance.resolve()), **values))  # type: ignore[arg-type]


def _checked(settings: Settings) -> Settings:
    """Return the settings where those of e-mail go together; raises SettingsError."""
    if settings.smtp_security not in SMTP_PORTS:
        raise SettingsError(f"The setting “smtp_security” takes starttls, tls or none, not “{settings.smtp_security}”.")
    if settings.mails and "@" not in settings.mail_from:
        raise SettingsError("“smtp_host” is set. Set “mail_from” too, the address that e-mail comes from.")
    if not 0 <= settings.mail_hour <= 23:
        raise SettingsError(f"The setting “mail_hour” takes an hour from 0 to 23, not {settings.mail_hour}.")
    return settings


def _typed(name: str, value: object, kind: type) -> object:
    if kind is bool and isinstance(value, str):
        if value.lower() not in {"1", "true", "yes", "on", "0", "false", "no", "off", ""}:
            raise SettingsError(f"The setting “{name}” takes true or false, not “{value}”.")
        return value.lower() in {"1", "true", "yes", "on"}
    if kind is int and isinstance(value, str):
        if not value.isdigit():
            raise SettingsError(f"The setting “{name}” takes a whole number, not “{value}”.")
        return int(value)
    if not isinstance(value, kind):
        raise SettingsError(f"The setting “{name}” takes a {kind.__name__}, not “{value}”.")
    return value
