"""Tables of a gauge study: what was set up, its parts and appraisers, and each value as it was given."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from techfloor.said import Said
from techfloor.store import Audit, ExactDecimal, JsonText, Table, UtcTime

REVIEW = "review gauge study"
"""The kind of task that a signed study raises."""


class GaugeStudy(Table):
    """The body of a study. `lower` and `upper` limit what is measured; `basis` says where they are from.

    `look` and `verdict` are what came out, kept when it was signed; `ended_why` is why one was given up.
    """

    __tablename__ = "gauge_study"
    __audit__ = Audit(root="record_id", locks=True)

    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)
    gauge_id: Mapped[int] = mapped_column(ForeignKey("gauge.equipment_id"), index=True)
    sort: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    function: Mapped[str] = mapped_column(Text, default="")
    unit: Mapped[str] = mapped_column(Text, default="")
    step: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    low: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    high: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    basis: Mapped[str] = mapped_column(Text, default="none")
    lower: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    upper: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    repeats: Mapped[int] = mapped_column(Integer)
    look: Mapped[str] = mapped_column(Text, default="")
    verdict: Mapped[Said | None] = mapped_column(JsonText)
    ended_why: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        CheckConstraint("sort IN ('variable', 'attribute')", name="sort"),
        CheckConstraint("basis IN ('product', 'card', 'none')", name="basis"),
    )


class StudyPart(Table):
    """A part of a study by its label; `reference` is its true verdict in an attribute study, hidden until the end."""

    __tablename__ = "gauge_study_part"
    __audit__ = Audit(root="record_id", locks=True)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    n: Mapped[int] = mapped_column(Integer)
    label: Mapped[str] = mapped_column(Text)
    reference: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (UniqueConstraint("record_id", "n"), UniqueConstraint("record_id", "label"))


class StudyAppraiser(Table):
    """Who measures, in which order: `turns` has the part of each turn, drawn once.

    One who left after they began stays with `left_at` and why; their values count no more.
    """

    __tablename__ = "gauge_study_appraiser"
    __audit__ = Audit(root="record_id", locks=True)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    n: Mapped[int] = mapped_column(Integer)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    turns: Mapped[list[int]] = mapped_column(JsonText)
    left_at: Mapped[datetime | None] = mapped_column(UtcTime)
    left_why: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (UniqueConstraint("record_id", "n"), UniqueConstraint("record_id", "person_id"))


class StudyValue(Table):
    """One value or call, as it was given; a correction is another row that names the one it corrects, and why."""

    __tablename__ = "gauge_study_value"
    __audit__ = Audit(root="record_id", locks=True, append_only=True)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    appraiser_id: Mapped[int] = mapped_column(ForeignKey("gauge_study_appraiser.id"))
    turn: Mapped[int] = mapped_column(Integer)
    value: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    call: Mapped[str] = mapped_column(Text, default="")
    confirmed: Mapped[bool] = mapped_column(Boolean, default=False)
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("gauge_study_value.id"), unique=True)
    correction: Mapped[str] = mapped_column(Text, default="")
    performed_at: Mapped[datetime] = mapped_column(UtcTime)
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    __table_args__ = (
        CheckConstraint("call IN ('', 'pass', 'fail')", name="call"),
        Index("ix_gauge_study_value_record_id", "record_id"),
        # Two first values of one turn would be two tablets that type at the same moment.
        Index(
            "uq_gauge_study_value_first",
            "appraiser_id",
            "turn",
            unique=True,
            sqlite_where=corrects_id.is_(None),
            postgresql_where=corrects_id.is_(None),
        ),
    )
