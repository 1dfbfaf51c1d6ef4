"""Tables of issued PDFs, of what was taken away in bulk, and of jobs."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from techfloor.store import Audit, JsonText, Table, UtcTime


class IssuedPdf(Table):
    """A PDF as it was issued: its bytes are kept under their hash and served for ever."""

    __tablename__ = "issued_pdf"
    __audit__ = Audit(root="record_id", append_only=True)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    issue_no: Mapped[int] = mapped_column(Integer)
    code: Mapped[str] = mapped_column(Text, unique=True)
    sha256: Mapped[str] = mapped_column(Text)
    content_sha256: Mapped[str] = mapped_column(Text)
    file_name: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    trail_seq: Mapped[int] = mapped_column(Integer)
    trail_head: Mapped[str] = mapped_column(Text)
    issued_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    issued_at: Mapped[datetime] = mapped_column(UtcTime)

    __table_args__ = (UniqueConstraint("record_id", "issue_no"),)


class ExportTaken(Table):
    """Who took which records away at once, and what the list was narrowed to; nobody by name at the machine itself."""

    __tablename__ = "export_taken"
    __audit__ = Audit(append_only=True)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    asked: Mapped[dict[str, str]] = mapped_column(JsonText)
    records: Mapped[list[int]] = mapped_column(JsonText)
    taken_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    taken_at: Mapped[datetime] = mapped_column(UtcTime)


class Job(Table):
    """Long work that somebody asked for; what it is done for, and how far it is, stands in its lines."""

    __tablename__ = "job"
    __audit__ = Audit(append_only=True)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    asked: Mapped[dict[str, str]] = mapped_column(JsonText)
    asked_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcTime)


class JobLine(Table):
    """One piece of a job: what it is about, whether it is done, and the hash of what was made.

    It is no record: what it makes is one, and is written in the same transaction as `state`. Who works on it says so in
    `claimed_by`, so that no other server begins it too; a claim that grew old is nobody's. `given` is what this line
    alone was given, gone once it is done; `asked_by` asked for it again, and it is done in their name.
    """

    __tablename__ = "job_line"

    job_id: Mapped[int] = mapped_column(ForeignKey("job.id"), primary_key=True)
    n: Mapped[int] = mapped_column(Integer, primary_key=True)
    subject_id: Mapped[int] = mapped_column(Integer)
    subject: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, default="waiting")
    sha256: Mapped[str | None] = mapped_column(Text)
    given: Mapped[dict[str, str] | None] = mapped_column(JsonText)
    why: Mapped[dict[str, object] | None] = mapped_column(JsonText)
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    claimed_by: Mapped[str | None] = mapped_column(Text)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcTime)

    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'done', 'failed', 'stopped')", name="state"),
        Index(
            "ix_job_line_waiting", "job_id", "n", sqlite_where=state == "waiting", postgresql_where=state == "waiting"
        ),
    )


class JobTaken(Table):
    """Who took what a job made, to print it, and when: whoever comes next sees that it was printed."""

    __tablename__ = "job_taken"
    __audit__ = Audit(append_only=True)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("job.id"), index=True)
    taken_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    taken_at: Mapped[datetime] = mapped_column(UtcTime)


class JobTurned(Table):
    """Who stopped a job, or asked for the rest of it again, and when."""

    __tablename__ = "job_turned"
    __audit__ = Audit(append_only=True)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("job.id"), index=True)
    deed: Mapped[str] = mapped_column(Text)
    turned_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    turned_at: Mapped[datetime] = mapped_column(UtcTime)

    __table_args__ = (CheckConstraint("deed IN ('stopped', 'again')", name="deed"),)
