"""Tables of the record header and of what hangs on every record."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from techfloor.records.lifecycle import ENDED, State
from techfloor.store import Audit, Day, ExactDecimal, JsonText, Table, UtcTime


class Definition(Table):
    """A versioned thing that records follow: a calibration procedure, the e-signature policy."""

    __tablename__ = "definition"
    __audit__ = Audit()

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("kind", "code"),)


class Revision(Table):
    """One version of a definition: draft, approved, effective, superseded; its body is fixed once approved.

    A draft that was given up stays as a row, and becomes the next draft of its version.
    """

    __tablename__ = "revision"
    __audit__ = Audit(settled="OLD.state NOT IN ('draft', 'given up')", free=("state",))

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    definition_id: Mapped[int] = mapped_column(ForeignKey("definition.id"))
    version: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(Text)
    body: Mapped[object] = mapped_column(JsonText)
    body_sha256: Mapped[str] = mapped_column(Text)
    effective_from: Mapped[date | None] = mapped_column(Day)
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    approved_at: Mapped[datetime | None] = mapped_column(UtcTime)

    __table_args__ = (
        UniqueConstraint("definition_id", "version"),
        Index(
            "uq_revision_effective",
            "definition_id",
            unique=True,
            sqlite_where=state == "effective",
            postgresql_where=state == "effective",
        ),
        CheckConstraint("state IN ('draft', 'approved', 'effective', 'superseded', 'given up')", name="state"),
    )


_STATES = ", ".join(f"'{state}'" for state in State)


class Record(Table):
    """The header of everything that is signed; the body stands in the duty's table under the same key.

    The next version is a row of its own that names the one it `supersedes_id`. That of a document is written anew; that
    of a piece of work is an `amendment` (`versions.Amendment`), with its reason.
    """

    __tablename__ = "record"
    __audit__ = Audit(root="id", locks=True, free=("state", "closed_at"))

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    number: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer, default=1)
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("record.id"))
    amendment: Mapped[str | None] = mapped_column(Text)
    amendment_reason: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    equipment_id: Mapped[int | None] = mapped_column(ForeignKey("equipment.id"))
    revision_id: Mapped[int | None] = mapped_column(ForeignKey("revision.id"))
    transcribed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    on_paper_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """Who typed work in that was done on paper, and who did it there; None for what was done here."""
    opened_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[datetime] = mapped_column(UtcTime)
    performed_at: Mapped[datetime] = mapped_column(UtcTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    content_schema: Mapped[int | None] = mapped_column(Integer)
    content_sha256: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        UniqueConstraint("number", "version"),
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        CheckConstraint(
            "(amendment IS NULL AND amendment_reason IS NULL) OR (supersedes_id IS NOT NULL "
            "AND amendment IN ('correction', 'entered in error') AND amendment_reason <> '')",
            name="amendment",
        ),
        CheckConstraint("(transcribed_by IS NULL) = (on_paper_by IS NULL)", name="transcribed"),
        # A version has one that takes its place, or is to; one that was given up or rejected takes no place.
        Index(
            "uq_record_amendment",
            "supersedes_id",
            unique=True,
            sqlite_where=state.not_in(ENDED),
            postgresql_where=state.not_in(ENDED),
        ),
        # Nearly all replace nothing: with those in it, a database that knows its statistics would take no index at all.
        Index(
            "ix_record_supersedes_id",
            "supersedes_id",
            sqlite_where=supersedes_id.is_not(None),
            postgresql_where=supersedes_id.is_not(None),
        ),
        Index("ix_record_kind_performed_at_id", "kind", "performed_at", "id"),
        Index("ix_record_kind_state_performed_at_id", "kind", "state", "performed_at", "id"),
        Index("ix_record_equipment_id_kind_performed_at", "equipment_id", "kind", "performed_at"),
    )


class NumberSeries(Table):
    """The last number given in a series; an act that is rolled back gives its number back, so there are no gaps."""

    __tablename__ = "number_series"
    __audit__ = Audit()

    series: Mapped[str] = mapped_column(Text, primary_key=True)
    last: Mapped[int] = mapped_column(Integer)


class RecordContent(Table):
    """The canonical text of a record as it was signed: what is hashed, printed, attached and checked for ever."""

    __tablename__ = "record_content"
    __audit__ = Audit(root="record_id", append_only=True)

    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)


class Signature(Table):
    """One person's signature under one content, with its meaning."""

    __tablename__ = "signature"
    __audit__ = Audit(root="record_id", append_only=True)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    version: Mapped[int] = mapped_column(Integer)
    content_sha256: Mapped[str] = mapped_column(Text)
    meaning: Mapped[str] = mapped_column(Text)
    signer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    printed_name: Mapped[str] = mapped_column(Text)
    signed_at: Mapped[datetime] = mapped_column(UtcTime)
    zone: Mapped[str] = mapped_column(Text)
    method: Mapped[str] = mapped_column(Text)
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    session_id: Mapped[int | None] = mapped_column(Integer)
    remark: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        UniqueConstraint("record_id", "version", "meaning", "signer_id"),
        CheckConstraint(
            "meaning IN ('performed', 'checked', 'reviewed', 'approved', 'released', 'rejected', 'overridden', "
            "'corrected', 'declared in error', 'transcribed')",
            name="meaning",
        ),
    )


class Measurement(Table):
    """A piece of work that rested on a gauge or standard, with the calibration it stood under then.

    Of a standard `certificate_id` is its certificate, `calibration` the number that stood on it.
    """

    __tablename__ = "measurement"
    __audit__ = Audit(root="record_id", locks=True, append_only=True)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"), index=True)
    gauge_id: Mapped[int] = mapped_column(ForeignKey("equipment.id"))
    calibration: Mapped[str] = mapped_column(Text)
    certificate_id: Mapped[int | None] = mapped_column(ForeignKey("standard_certificate.id"))
    value: Mapped[object] = mapped_column(ExactDecimal, nullable=True)
    unit: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(UtcTime)

    # A page of what rested on a standard, or on one certificate, is read off its index in the order of the list.
    __table_args__ = (
        Index("ix_measurement_gauge_id_at_id", "gauge_id", "at", "id"),
        Index("ix_measurement_certificate_id_at_id", "certificate_id", "at", "id"),
    )


class Task(Table):
    """Something that one person must do, or whoever holds a permission; in one area, where it names one.

    With a person and a permission it is the person's, and the others' once the person is gone.
    """

    __tablename__ = "task"
    __audit__ = Audit(root="record_id")

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    record_id: Mapped[int | None] = mapped_column(ForeignKey("record.id"), index=True)
    equipment_id: Mapped[int | None] = mapped_column(ForeignKey("equipment.id"))
    for_permission: Mapped[str | None] = mapped_column(Text)
    for_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    for_area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    raised_at: Mapped[datetime] = mapped_column(UtcTime)
    due: Mapped[date | None] = mapped_column(Day)
    done_at: Mapped[datetime | None] = mapped_column(UtcTime)
    done_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    outcome: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        Index(
            "ix_task_open",
            "for_permission",
            "for_person_id",
            sqlite_where=done_at.is_(None),
            postgresql_where=done_at.is_(None),
        ),
    )


class Attachment(Table):
    """A file that belongs to a record, by the hash of its bytes."""

    __tablename__ = "attachment"
    __audit__ = Audit(root="record_id", locks=True, append_only=True)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"), index=True)
    name: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[str] = mapped_column(Text)
    added_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime] = mapped_column(UtcTime)


class RetentionRule(Table):
    """How many years records of a kind are kept; without a row, or without years, for ever."""

    __tablename__ = "retention_rule"
    __audit__ = Audit()

    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    years: Mapped[int | None] = mapped_column(Integer)


class LegalHold(Table):
    """Why some records may not be disposed of, whatever their age; `asked` is how they were chosen."""

    __tablename__ = "legal_hold"
    __audit__ = Audit()

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    asked: Mapped[dict[str, str]] = mapped_column(JsonText)
    placed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    placed_at: Mapped[datetime] = mapped_column(UtcTime)
    lifted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    lifted_at: Mapped[datetime | None] = mapped_column(UtcTime)
    lifted_because: Mapped[str] = mapped_column(Text, default="")


class LegalHoldLine(Table):
    """One record under a legal hold, so that the record's own trail tells of it; not locked by a signature."""

    __tablename__ = "legal_hold_line"
    __audit__ = Audit(root="record_id")

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    hold_id: Mapped[int] = mapped_column(ForeignKey("legal_hold.id"))
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"), index=True)
    lifted_at: Mapped[datetime | None] = mapped_column(UtcTime)

    __table_args__ = (UniqueConstraint("hold_id", "record_id"),)


class Submission(Table):
    """An entry that arrived, under the key its form got when it was opened: the same key again is the same entry."""

    __tablename__ = "submission"

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    route: Mapped[str] = mapped_column(Text)
    body_sha256: Mapped[str] = mapped_column(Text)
    status: Mapped[int] = mapped_column(Integer)
    location: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(UtcTime)
    replays: Mapped[int] = mapped_column(Integer, default=0)


class Draft(Table):
    """What a person typed on a page and has not given yet."""

    __tablename__ = "draft"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    page: Mapped[str] = mapped_column(Text)
    values: Mapped[dict[str, str]] = mapped_column(JsonText)
    saved_at: Mapped[datetime] = mapped_column(UtcTime)

    __table_args__ = (UniqueConstraint("person_id", "page"),)
