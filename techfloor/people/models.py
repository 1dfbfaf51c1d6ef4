"""Tables of persons, devices and sessions."""

from datetime import date, datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from techfloor.store import Audit, Day, Table, UtcTime


class Person(Table):
    """Somebody who works here, or did: a person is deactivated, never deleted, and a user name never given again.

    With a `last_day` they sign in until that day ends at the plant.
    """

    __tablename__ = "person"
    __audit__ = Audit()

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    user_name: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    initials: Mapped[str] = mapped_column(Text)
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    last_day: Mapped[date | None] = mapped_column(Day)
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class PersonRole(Table):
    """A role that a person holds."""

    __tablename__ = "person_role"
    __audit__ = Audit(deletable=True)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("person_id", "role"),)


class Secret(Table):
    """What proves that a person is that person: a password or a PIN, as argon2id; or a badge, as SHA-256.

    A secret given by somebody else is `one_time`: it opens only the page where its owner sets the real one.
    """

    __tablename__ = "secret"
    __audit__ = Audit(hidden=("hash",))

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(Text)
    one_time: Mapped[bool] = mapped_column(Boolean, default=False)
    set_at: Mapped[datetime] = mapped_column(UtcTime)

    __table_args__ = (UniqueConstraint("person_id", "kind"), Index("ix_secret_kind_hash", "kind", "hash"))


class Device(Table):
    """A shared tablet or PC that a supervisor enrolled; its key stands in a cookie, here only its SHA-256."""

    __tablename__ = "device"
    __audit__ = Audit(hidden=("key_hash",))

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(Text, unique=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    key_hash: Mapped[str] = mapped_column(Text, unique=True)
    idle_minutes: Mapped[int | None] = mapped_column(Integer)
    glove: Mapped[bool] = mapped_column(Boolean, default=False)
    theme: Mapped[str] = mapped_column(Text, default="light")
    enrolled_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    enrolled_at: Mapped[datetime] = mapped_column(UtcTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcTime)


class LoginSession(Table):
    """One sign-in while it lasts; the browser holds the token, here stands its SHA-256. No record: it is touched."""

    __tablename__ = "login_session"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    token_hash: Mapped[str] = mapped_column(Text, unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"), index=True)
    method: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(UtcTime)
    seen_at: Mapped[datetime] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)
    ended_why: Mapped[str] = mapped_column(Text, default="")
    signed_once: Mapped[bool] = mapped_column(Boolean, default=False)


class Mailing(Table):
    """The e-mail address on a person's card, and which list of what is due they chose: daily, weekly or none."""

    __tablename__ = "mailing"
    __audit__ = Audit()

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    address: Mapped[str] = mapped_column(Text)
    lists: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (CheckConstraint("lists IN ('', 'daily', 'weekly')", name="lists"),)


class MailSent(Table):
    """Which day's list went to whom, so that nobody gets one twice. No record: it is no word of anybody's.

    `sending` is written before the mail server is asked; what stays so may have been sent and is not sent again.
    """

    __tablename__ = "mail_sent"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Day, primary_key=True)
    state: Mapped[str] = mapped_column(Text)
    tries: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(UtcTime)
    why: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (CheckConstraint("state IN ('sending', 'sent', 'nothing', 'failed')", name="state"),)


class SignInEvent(Table):
    """A try to prove who one is, or a reset of the lock: locks are counted from these rows.

    `typed` is the user name; for a name nobody has, a keyed hash of it. `address` is where a try came from, and of a
    reset by the command the account of the machine.
    """

    __tablename__ = "sign_in_event"
    __audit__ = Audit(append_only=True)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    typed: Mapped[str] = mapped_column(Text, default="")
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    kind: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(UtcTime)

    __table_args__ = (
        Index("ix_sign_in_event_person_id_id", "person_id", "id"),
        Index("ix_sign_in_event_typed_id", "typed", "id"),
    )


class PolicyAcceptance(Table):
    """A person's acceptance of a revision of the e-signature policy: before it nobody signs."""

    __tablename__ = "policy_acceptance"
    __audit__ = Audit(append_only=True)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    at: Mapped[datetime] = mapped_column(UtcTime)

    __table_args__ = (UniqueConstraint("person_id", "revision_id"),)
