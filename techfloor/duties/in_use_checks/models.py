"""Tables of the checks in use: each value as it was read, and what is usual for a gauge."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from techfloor.said import Said
from techfloor.store import Audit, ExactDecimal, JsonText, Table, UtcTime


class InUseCheck(Table):
    """One check of a gauge, as it was given; a correction is another row that names the one it corrects, and why.

    One that was entered in error is corrected by a row that holds no value, and says why.
    A second try names the first. A row keeps the limits it was judged by, and the certificate of the standard that was
    applied; `caution` is what the chart found unusual then, or why the check was skipped.
    """

    __tablename__ = "in_use_check"
    __audit__ = Audit(append_only=True)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    gauge_id: Mapped[int] = mapped_column(ForeignKey("gauge.equipment_id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    series: Mapped[int] = mapped_column(Integer)
    outcome: Mapped[str] = mapped_column(Text)
    value: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    lower: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    upper: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    caution: Mapped[list[Said]] = mapped_column(JsonText, default=list)
    try_of_id: Mapped[int | None] = mapped_column(ForeignKey("in_use_check.id"))
    certificate_id: Mapped[int | None] = mapped_column(ForeignKey("standard_certificate.id"))
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("in_use_check.id"), unique=True)
    correction: Mapped[str] = mapped_column(Text, default="")
    performed_at: Mapped[datetime] = mapped_column(UtcTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))

    __table_args__ = (
        CheckConstraint("outcome IN ('pass', 'fail', 'not used', 'in error')", name="outcome"),
        Index("ix_in_use_check_gauge_id_performed_at", "gauge_id", "performed_at"),
        # Two second tries of one first would be a double tap that got past its key.
        Index(
            "uq_in_use_check_second",
            "try_of_id",
            unique=True,
            sqlite_where=corrects_id.is_(None),
            postgresql_where=corrects_id.is_(None),
        ),
    )


class InUseMonth(Table):
    """The month of a gauge, as 2026-11, that a record reviews."""

    __tablename__ = "in_use_month"
    __audit__ = Audit(root="record_id", locks=True, append_only=True)

    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)
    gauge_id: Mapped[int] = mapped_column(ForeignKey("gauge.equipment_id"))
    month: Mapped[str] = mapped_column(Text)

    __table_args__ = (Index("ix_in_use_month_gauge_id_month", "gauge_id", "month"),)


class InUseBaseline(Table):
    """What is usual for a gauge: limits frozen from the values of a series `since` a moment, or a new beginning.

    A row without `parameters` lets the next values make new limits, and says in `words` why.
    """

    __tablename__ = "in_use_baseline"
    __audit__ = Audit(append_only=True)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    gauge_id: Mapped[int] = mapped_column(ForeignKey("gauge.equipment_id"))
    series: Mapped[int] = mapped_column(Integer)
    since: Mapped[datetime | None] = mapped_column(UtcTime)
    parameters: Mapped[dict[str, object] | None] = mapped_column(JsonText)
    words: Mapped[str] = mapped_column(Text, default="")
    made_at: Mapped[datetime] = mapped_column(UtcTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    __table_args__ = (Index("ix_in_use_baseline_gauge_id_series", "gauge_id", "series"),)
