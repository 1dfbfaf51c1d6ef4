"""Tables of a calibration: its body, the standards and ambient values it rested on, its readings."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from techfloor.said import Said
from techfloor.store import Audit, Day, ExactDecimal, JsonText, Table, UtcTime

LOOK_BACK, REVIEW, AGAIN = "look-back", "review calibration", "calibrate again"
PROPOSAL = "interval proposal"
"""The kinds of task that a calibration raises."""
OF_CERTIFICATE = "look-back of a certificate"
"""The task for each calibration that rested on a certificate that is in doubt."""
LOOK_BACK_ENDED = "look-back ended"
"""The event of the log of a gauge that the work done with it was looked at, or that nothing of it is in doubt."""
LOOK_BACKS = (LOOK_BACK, OF_CERTIFICATE)


class Calibration(Table):
    """The body of a calibration record; its verdicts are facts of the moment they were reached.

    Who has it under way signs it: in a first version `performed_by`, in an amendment `amended_by`, while `performed_by`
    stays who performed it. `reworded` has each change of its words: the column as `what`, `from`, `to`, the
    `reason`, the name of who changed it as `by`, and `at` in UTC.
    """

    __tablename__ = "calibration"
    __audit__ = Audit(root="record_id", locks=True)

    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)
    gauge_id: Mapped[int] = mapped_column(ForeignKey("gauge.equipment_id"), index=True)
    source: Mapped[str] = mapped_column(Text)
    plan: Mapped[list[dict[str, object]]] = mapped_column(JsonText, default=list)
    outside: Mapped[dict[str, object] | None] = mapped_column(JsonText)
    condition: Mapped[str] = mapped_column(Text, default="")
    soaked: Mapped[bool] = mapped_column(Boolean, default=False)
    adjusted: Mapped[bool | None] = mapped_column(Boolean)
    adjustment: Mapped[str] = mapped_column(Text, default="")
    reworded: Mapped[list[dict[str, object]]] = mapped_column(JsonText, default=list)
    deviations: Mapped[list[Said]] = mapped_column(JsonText, default=list)
    exceptions: Mapped[list[Said]] = mapped_column(JsonText, default=list)
    as_found: Mapped[str] = mapped_column(Text, default="")
    as_left: Mapped[str] = mapped_column(Text, default="")
    worst_found: Mapped[str] = mapped_column(Text, default="")
    worst_left: Mapped[str] = mapped_column(Text, default="")
    next_due: Mapped[date | None] = mapped_column(Day)
    interval_months: Mapped[int | None] = mapped_column(Integer)
    """What its next due day was counted with, from its first signature on; an amendment keeps that."""
    card: Mapped[dict[str, str | Said] | None] = mapped_column(JsonText)
    """What the gauge is, as an amendment took it from its card; None where it is what the version before says."""
    performed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    amended_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    __table_args__ = (CheckConstraint("source IN ('in house', 'outside')", name="source"),)


class StandardUsed(Table):
    """A standard that a calibration rested on, with the certificate in force that day."""

    __tablename__ = "calibration_standard"
    __audit__ = Audit(root="record_id", locks=True)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    standard_id: Mapped[int] = mapped_column(ForeignKey("standard.equipment_id"))
    certificate_id: Mapped[int] = mapped_column(ForeignKey("standard_certificate.id"))

    __table_args__ = (UniqueConstraint("record_id", "standard_id"),)


class Ambient(Table):
    """A condition of the room during a calibration; a correction is another row that names the one it corrects."""

    __tablename__ = "calibration_ambient"
    __audit__ = Audit(root="record_id", locks=True, append_only=True)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    quantity: Mapped[str] = mapped_column(Text)
    value: Mapped[Decimal] = mapped_column(ExactDecimal)
    unit: Mapped[str] = mapped_column(Text)
    limits: Mapped[str] = mapped_column(Text, default="")
    within: Mapped[bool] = mapped_column(Boolean, default=True)
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("calibration_ambient.id"), unique=True)
    correction: Mapped[str] = mapped_column(Text, default="")
    recorded_at: Mapped[datetime] = mapped_column(UtcTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    __table_args__ = (
        Index(
            "uq_calibration_ambient_first",
            "record_id",
            "quantity",
            unique=True,
            sqlite_where=corrects_id.is_(None),
            postgresql_where=corrects_id.is_(None),
        ),
    )


class Reading(Table):
    """One reading, as it was given; a correction is another row that names the one it corrects, and why.

    `difference` is what a comparison typed, unknown minus standard; elsewhere it is None. A reading keeps the
    reference, the limits, the uncertainty and the rule that were in force when it was taken, and in `place` what its
    point is (`drift.PointKey.text`), since another version of the procedure may number it otherwise.
    """

    __tablename__ = "calibration_reading"
    __audit__ = Audit(root="record_id", locks=True, append_only=True)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    run: Mapped[str] = mapped_column(Text)
    point: Mapped[int] = mapped_column(Integer)
    place: Mapped[str] = mapped_column(Text)
    repeat: Mapped[int] = mapped_column(Integer)
    reference: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    indication: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    difference: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    error: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    lower: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    upper: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    u: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    k: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    rule: Mapped[str] = mapped_column(Text)
    verdict: Mapped[str] = mapped_column(Text)
    cannot_measure: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    confirmed_slip: Mapped[bool] = mapped_column(Boolean, default=False)
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("calibration_reading.id"), unique=True)
    correction: Mapped[str] = mapped_column(Text, default="")
    performed_at: Mapped[datetime] = mapped_column(UtcTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    __table_args__ = (
        CheckConstraint("run IN ('as_found', 'as_left')", name="run"),
        Index("ix_calibration_reading_place", "record_id", "place"),
        # Two first entries of one place would be a double tap that got past its key.
        Index(
            "uq_calibration_reading_first",
            "record_id",
            "run",
            "point",
            "repeat",
            unique=True,
            sqlite_where=corrects_id.is_(None),
            postgresql_where=corrects_id.is_(None),
        ),
    )


class OldCalibration(Table):
    """A calibration from before, as the plant's old sheet or program had it: brought in, signed by nobody here.

    It is no record and has no paper. It is known again by gauge, day and certificate; a later file changes it and
    names itself in `run_id`. Verdicts are "pass", "fail" or "" where none is told. `readings` are
    `old_records.OldReading` as plain data, in the unit of what the gauge measures; `use` is the worst share of the
    tolerance as found, as a fraction, "" where it is not known. One that does not hold has `ended_at` and stays.
    """

    __tablename__ = "old_calibration"
    __audit__ = Audit()

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    gauge_id: Mapped[int] = mapped_column(ForeignKey("gauge.equipment_id"))
    performed_on: Mapped[date] = mapped_column(Day)
    certificate: Mapped[str] = mapped_column(Text, default="")
    performed_by: Mapped[str] = mapped_column(Text, default="")
    as_found: Mapped[str] = mapped_column(Text, default="")
    as_left: Mapped[str] = mapped_column(Text, default="")
    adjusted: Mapped[bool | None] = mapped_column(Boolean)
    worst_error: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    unit: Mapped[str] = mapped_column(Text, default="")
    readings: Mapped[list[dict[str, str]]] = mapped_column(JsonText, default=list)
    use: Mapped[str] = mapped_column(Text, default="")
    next_due: Mapped[date | None] = mapped_column(Day)
    counts: Mapped[bool] = mapped_column(Boolean, default=False)
    """Whether who brought it in said that the due day follows from it."""
    remark: Mapped[str] = mapped_column(Text, default="")
    run_id: Mapped[int] = mapped_column(ForeignKey("import_run.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_why: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        CheckConstraint("as_found IN ('', 'pass', 'fail')", name="as_found"),
        CheckConstraint("as_left IN ('', 'pass', 'fail')", name="as_left"),
        Index(
            "uq_old_calibration_standing",
            "gauge_id",
            "performed_on",
            "certificate",
            unique=True,
            sqlite_where=ended_at.is_(None),
            postgresql_where=ended_at.is_(None),
        ),
    )
