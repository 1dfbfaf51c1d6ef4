"""The house stands: plant, people, records, equipment, calibration, issued PDFs, the trail."""

import sqlalchemy as sa
from alembic import op

from techfloor.store import blobs, search, trail

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the first tables."""
    op.create_table(
        "act",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("prev", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_act")),
        sa.UniqueConstraint("hash", name=op.f("uq_act_hash")),
        sa.UniqueConstraint("prev", name=op.f("uq_act_prev")),
        sa.UniqueConstraint("seq", name=op.f("uq_act_seq")),
    )
    op.create_table(
        "area",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("ambient", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area")),
        sa.UniqueConstraint("key", name=op.f("uq_area_key")),
    )
    op.create_table(
        "definition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_definition")),
        sa.UniqueConstraint("kind", "code", name=op.f("uq_definition_kind_code")),
    )
    op.create_table(
        "restoration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("restored_at", sa.Text(), nullable=False),
        sa.Column("made_at", sa.Text(), nullable=False),
        sa.Column("head_seq", sa.Integer(), nullable=False),
        sa.Column("head_hash", sa.Text(), nullable=False),
        sa.Column("given_up_to", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restoration")),
    )
    op.create_table(
        "mending",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mended_at", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("triggers", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mending")),
    )
    op.create_table(
        "number_series",
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", name=op.f("pk_number_series")),
    )
    op.create_table(
        "plant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("units", sa.Text(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plant")),
    )
    op.create_table(
        "plant_setting",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_plant_setting")),
    )
    op.create_table(
        "search_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_item")),
        sa.UniqueConstraint("kind", "key", name=op.f("uq_search_item_kind_key")),
    )
    op.create_table(
        "shift",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("starts", sa.Text(), nullable=False),
        sa.Column("ends", sa.Text(), nullable=False),
        sa.Column("days", sa.Text(), nullable=False),
        sa.Column("areas", sa.Text(), nullable=False),
        sa.Column("breaks", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift")),
        sa.UniqueConstraint("key", name=op.f("uq_shift_key")),
    )
    op.create_table(
        "change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("record", sa.Integer(), sa.Computed(trail.RecordOfBody(), persisted=True), nullable=True),
        sa.Column("about", sa.Text(), sa.Computed(trail.TableOfNoRecord(), persisted=True), nullable=True),
        sa.CheckConstraint(trail.BodyIsJson(), name=op.f("ck_change_json")),
        sa.ForeignKeyConstraint(["act"], ["act.id"], name=op.f("fk_change_act"), initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change")),
    )
    with op.batch_alter_table("change", schema=None) as batch_op:
        batch_op.create_index(
            "ix_change_about",
            ["about"],
            unique=False,
            sqlite_where=sa.text("about IS NOT NULL"),
            postgresql_where=sa.text("about IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_change_act"), ["act"], unique=False)
        batch_op.create_index(
            "ix_change_record",
            ["record"],
            unique=False,
            sqlite_where=sa.text("record IS NOT NULL"),
            postgresql_where=sa.text("record IS NOT NULL"),
        )

    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("initials", sa.Text(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("last_day", sa.Text(), nullable=True),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_person_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("user_name", name=op.f("uq_person_user_name")),
    )
    op.create_table(
        "station",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_station_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station")),
        sa.UniqueConstraint("code", name=op.f("uq_station_code")),
    )
    with op.batch_alter_table("station", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_station_area_id"), ["area_id"], unique=False)

    op.create_table(
        "device",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("idle_minutes", sa.Integer(), nullable=True),
        sa.Column("glove", sa.Boolean(), nullable=False),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column("enrolled_by", sa.Integer(), nullable=False),
        sa.Column("enrolled_at", sa.Text(), nullable=False),
        sa.Column("revoked_at", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_device_area_id")),
        sa.ForeignKeyConstraint(["enrolled_by"], ["person.id"], name=op.f("fk_device_enrolled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_device_key_hash")),
        sa.UniqueConstraint("name", name=op.f("uq_device_name")),
    )
    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("values", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_draft_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("person_id", "page", name=op.f("uq_draft_person_id_page")),
    )
    op.create_table(
        "equipment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("maker", sa.Text(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("station_id", sa.Integer(), nullable=True),
        sa.Column("part_of_id", sa.Integer(), nullable=True),
        sa.Column("lifecycle", sa.Text(), nullable=False),
        sa.Column("availability", sa.Text(), nullable=False),
        sa.Column("acquired", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('machine', 'gauge', 'standard')", name=op.f("ck_equipment_kind")),
        sa.CheckConstraint(
            "lifecycle IN ('planned', 'qualifying', 'in service', 'retired')", name=op.f("ck_equipment_lifecycle")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_equipment_area_id")),
        sa.ForeignKeyConstraint(["part_of_id"], ["equipment.id"], name=op.f("fk_equipment_part_of_id")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_equipment_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_equipment")),
        sa.UniqueConstraint("code", name=op.f("uq_equipment_code")),
    )
    with op.batch_alter_table("equipment", schema=None) as batch_op:
        batch_op.create_index("ix_equipment_kind_area_id", ["kind", "area_id"], unique=False)

    op.create_table(
        "person_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_role_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_role")),
        sa.UniqueConstraint("person_id", "role", name=op.f("uq_person_role_person_id_role")),
    )
    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("definition_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_sha256", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.Text(), nullable=True),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'approved', 'effective', 'superseded', 'given up')", name=op.f("ck_revision_state")
        ),
        sa.ForeignKeyConstraint(["approved_by"], ["person.id"], name=op.f("fk_revision_approved_by")),
        sa.ForeignKeyConstraint(["definition_id"], ["definition.id"], name=op.f("fk_revision_definition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
        sa.UniqueConstraint("definition_id", "version", name=op.f("uq_revision_definition_id_version")),
    )
    with op.batch_alter_table("revision", schema=None) as batch_op:
        batch_op.create_index(
            "uq_revision_effective",
            ["definition_id"],
            unique=True,
            sqlite_where=sa.text("state = 'effective'"),
            postgresql_where=sa.text("state = 'effective'"),
        )

    op.create_table(
        "secret",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("one_time", sa.Boolean(), nullable=False),
        sa.Column("set_at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_secret_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret")),
        sa.UniqueConstraint("person_id", "kind", name=op.f("uq_secret_person_id_kind")),
    )
    with op.batch_alter_table("secret", schema=None) as batch_op:
        batch_op.create_index("ix_secret_kind_hash", ["kind", "hash"], unique=False)

    op.create_table(
        "gauge",
        sa.Column("equipment_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("procedure_id", sa.Integer(), nullable=True),
        sa.Column("point_set", sa.Text(), nullable=False),
        sa.Column("interval_months", sa.Integer(), nullable=False),
        sa.Column("limited_use", sa.Text(), nullable=False),
        sa.Column("in_use_check", sa.Text(), nullable=False),
        sa.Column("calibrated_by", sa.Text(), nullable=False),
        sa.Column("sent_on", sa.Text(), nullable=True),
        sa.Column("expected_back", sa.Text(), nullable=True),
        sa.Column("loads", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "status IN ('in use', 'spare', 'sent out', 'limited use', 'indication only', 'calibrate before use', 'lost', 'retired')",
            name=op.f("ck_gauge_status"),
        ),
        sa.ForeignKeyConstraint(["equipment_id"], ["equipment.id"], name=op.f("fk_gauge_equipment_id")),
        sa.ForeignKeyConstraint(["procedure_id"], ["definition.id"], name=op.f("fk_gauge_procedure_id")),
        sa.PrimaryKeyConstraint("equipment_id", name=op.f("pk_gauge")),
    )
    op.create_table(
        "login_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("started_at", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.Text(), nullable=True),
        sa.Column("ended_why", sa.Text(), nullable=False),
        sa.Column("signed_once", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_login_session_device_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_login_session_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_login_session_token_hash")),
    )
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_session_device_id"), ["device_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_login_session_person_id"), ["person_id"], unique=False)

    op.create_table(
        "export_taken",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("records", sa.Text(), nullable=False),
        sa.Column("taken_by", sa.Integer(), nullable=True),
        sa.Column("taken_at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["taken_by"], ["person.id"], name=op.f("fk_export_taken_taken_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_taken")),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_job_asked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_table(
        "job_line",
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("given", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("claimed_at", sa.Text(), nullable=True),
        sa.Column("done_at", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'done', 'failed', 'stopped')", name=op.f("ck_job_line_state")),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_job_line_asked_by")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_job_line_job_id")),
        sa.PrimaryKeyConstraint("job_id", "n", name=op.f("pk_job_line")),
    )
    op.create_index(
        "ix_job_line_waiting",
        "job_line",
        ["job_id", "n"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "job_taken",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("taken_by", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_job_taken_job_id")),
        sa.ForeignKeyConstraint(["taken_by"], ["person.id"], name=op.f("fk_job_taken_taken_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_taken")),
    )
    op.create_index(op.f("ix_job_taken_job_id"), "job_taken", ["job_id"], unique=False)
    op.create_table(
        "job_turned",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("deed", sa.Text(), nullable=False),
        sa.Column("turned_by", sa.Integer(), nullable=False),
        sa.Column("turned_at", sa.Text(), nullable=False),
        sa.CheckConstraint("deed IN ('stopped', 'again')", name=op.f("ck_job_turned_deed")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_job_turned_job_id")),
        sa.ForeignKeyConstraint(["turned_by"], ["person.id"], name=op.f("fk_job_turned_turned_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_turned")),
    )
    op.create_index(op.f("ix_job_turned_job_id"), "job_turned", ["job_id"], unique=False)
    op.create_table(
        "mail_sent",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('sending', 'sent', 'nothing', 'failed')", name=op.f("ck_mail_sent_state")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mail_sent_person_id")),
        sa.PrimaryKeyConstraint("person_id", "day", name=op.f("pk_mail_sent")),
    )
    op.create_table(
        "mailing",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("lists", sa.Text(), nullable=False),
        sa.CheckConstraint("lists IN ('', 'daily', 'weekly')", name=op.f("ck_mailing_lists")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mailing_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_mailing")),
    )
    op.create_table(
        "policy_acceptance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_policy_acceptance_person_id")),
        sa.ForeignKeyConstraint(["revision_id"], ["revision.id"], name=op.f("fk_policy_acceptance_revision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_acceptance")),
        sa.UniqueConstraint("person_id", "revision_id", name=op.f("uq_policy_acceptance_person_id_revision_id")),
    )
    op.create_table(
        "record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.Column("amendment", sa.Text(), nullable=True),
        sa.Column("amendment_reason", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("equipment_id", sa.Integer(), nullable=True),
        sa.Column("revision_id", sa.Integer(), nullable=True),
        sa.Column("transcribed_by", sa.Integer(), nullable=True),
        sa.Column("on_paper_by", sa.Integer(), nullable=True),
        sa.Column("opened_by", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.Text(), nullable=False),
        sa.Column("performed_at", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.Text(), nullable=True),
        sa.Column("content_schema", sa.Integer(), nullable=True),
        sa.Column("content_sha256", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('in progress', 'performed', 'closed', 'rejected', 'discontinued')", name=op.f("ck_record_state")
        ),
        sa.CheckConstraint(
            "(amendment IS NULL AND amendment_reason IS NULL) OR (supersedes_id IS NOT NULL "
            "AND amendment IN ('correction', 'entered in error') AND amendment_reason <> '')",
            name=op.f("ck_record_amendment"),
        ),
        sa.CheckConstraint("(transcribed_by IS NULL) = (on_paper_by IS NULL)", name=op.f("ck_record_transcribed")),
        sa.ForeignKeyConstraint(["equipment_id"], ["equipment.id"], name=op.f("fk_record_equipment_id")),
        sa.ForeignKeyConstraint(["on_paper_by"], ["person.id"], name=op.f("fk_record_on_paper_by")),
        sa.ForeignKeyConstraint(["opened_by"], ["person.id"], name=op.f("fk_record_opened_by")),
        sa.ForeignKeyConstraint(["revision_id"], ["revision.id"], name=op.f("fk_record_revision_id")),
        sa.ForeignKeyConstraint(["transcribed_by"], ["person.id"], name=op.f("fk_record_transcribed_by")),
        sa.ForeignKeyConstraint(["supersedes_id"], ["record.id"], name=op.f("fk_record_supersedes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record")),
        sa.UniqueConstraint("number", "version", name=op.f("uq_record_number_version")),
    )
    with op.batch_alter_table("record", schema=None) as batch_op:
        batch_op.create_index(
            "ix_record_equipment_id_kind_performed_at", ["equipment_id", "kind", "performed_at"], unique=False
        )
        batch_op.create_index("ix_record_kind_performed_at_id", ["kind", "performed_at", "id"], unique=False)
        batch_op.create_index(
            "ix_record_kind_state_performed_at_id", ["kind", "state", "performed_at", "id"], unique=False
        )
        batch_op.create_index(
            "ix_record_supersedes_id",
            ["supersedes_id"],
            unique=False,
            sqlite_where=sa.text("supersedes_id IS NOT NULL"),
            postgresql_where=sa.text("supersedes_id IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_record_amendment",
            ["supersedes_id"],
            unique=True,
            sqlite_where=sa.text("state NOT IN ('rejected', 'discontinued')"),
            postgresql_where=sa.text("state NOT IN ('rejected', 'discontinued')"),
        )

    op.create_table(
        "retention_rule",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("years", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_retention_rule")),
    )
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("placed_by", sa.Integer(), nullable=False),
        sa.Column("placed_at", sa.Text(), nullable=False),
        sa.Column("lifted_by", sa.Integer(), nullable=True),
        sa.Column("lifted_at", sa.Text(), nullable=True),
        sa.Column("lifted_because", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["lifted_by"], ["person.id"], name=op.f("fk_legal_hold_lifted_by")),
        sa.ForeignKeyConstraint(["placed_by"], ["person.id"], name=op.f("fk_legal_hold_placed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold")),
    )
    op.create_table(
        "legal_hold_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hold_id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("lifted_at", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["hold_id"], ["legal_hold.id"], name=op.f("fk_legal_hold_line_hold_id")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_legal_hold_line_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold_line")),
        sa.UniqueConstraint("hold_id", "record_id", name=op.f("uq_legal_hold_line_hold_id_record_id")),
    )
    with op.batch_alter_table("legal_hold_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_legal_hold_line_record_id"), ["record_id"], unique=False)

    op.create_table(
        "sign_in_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("typed", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_sign_in_event_device_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_in_event_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_event")),
    )
    with op.batch_alter_table("sign_in_event", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_event_person_id_id", ["person_id", "id"], unique=False)
        batch_op.create_index("ix_sign_in_event_typed_id", ["typed", "id"], unique=False)

    op.create_table(
        "standard",
        sa.Column("equipment_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.Column("low", sa.Text(), nullable=True),
        sa.Column("high", sa.Text(), nullable=True),
        sa.Column("interval_months", sa.Integer(), nullable=False),
        sa.Column("reference_material", sa.Boolean(), nullable=False),
        sa.Column("opened_use_days", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["equipment_id"], ["equipment.id"], name=op.f("fk_standard_equipment_id")),
        sa.PrimaryKeyConstraint("equipment_id", name=op.f("pk_standard")),
    )
    op.create_table(
        "submission",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("body_sha256", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("received_at", sa.Text(), nullable=False),
        sa.Column("replays", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_submission_device_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_submission_person_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_submission")),
    )
    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["added_by"], ["person.id"], name=op.f("fk_attachment_added_by")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_attachment_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachment_record_id"), ["record_id"], unique=False)

    op.create_table(
        "calibration",
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("gauge_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("outside", sa.Text(), nullable=True),
        sa.Column("condition", sa.Text(), nullable=False),
        sa.Column("soaked", sa.Boolean(), nullable=False),
        sa.Column("adjusted", sa.Boolean(), nullable=True),
        sa.Column("adjustment", sa.Text(), nullable=False),
        sa.Column("reworded", sa.Text(), nullable=False),
        sa.Column("deviations", sa.Text(), nullable=False),
        sa.Column("exceptions", sa.Text(), nullable=False),
        sa.Column("as_found", sa.Text(), nullable=False),
        sa.Column("as_left", sa.Text(), nullable=False),
        sa.Column("worst_found", sa.Text(), nullable=False),
        sa.Column("worst_left", sa.Text(), nullable=False),
        sa.Column("next_due", sa.Text(), nullable=True),
        sa.Column("interval_months", sa.Integer(), nullable=True),
        sa.Column("card", sa.Text(), nullable=True),
        sa.Column("performed_by", sa.Integer(), nullable=False),
        sa.Column("amended_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("source IN ('in house', 'outside')", name=op.f("ck_calibration_source")),
        sa.ForeignKeyConstraint(["amended_by"], ["person.id"], name=op.f("fk_calibration_amended_by")),
        sa.ForeignKeyConstraint(["gauge_id"], ["gauge.equipment_id"], name=op.f("fk_calibration_gauge_id")),
        sa.ForeignKeyConstraint(["performed_by"], ["person.id"], name=op.f("fk_calibration_performed_by")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_calibration_record_id")),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_calibration")),
    )
    with op.batch_alter_table("calibration", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calibration_gauge_id"), ["gauge_id"], unique=False)

    op.create_table(
        "calibration_ambient",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("limits", sa.Text(), nullable=False),
        sa.Column("within", sa.Boolean(), nullable=False),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("correction", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_calibration_ambient_by_id")),
        sa.ForeignKeyConstraint(
            ["corrects_id"], ["calibration_ambient.id"], name=op.f("fk_calibration_ambient_corrects_id")
        ),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_calibration_ambient_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration_ambient")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_calibration_ambient_corrects_id")),
    )
    with op.batch_alter_table("calibration_ambient", schema=None) as batch_op:
        batch_op.create_index(
            "uq_calibration_ambient_first",
            ["record_id", "quantity"],
            unique=True,
            sqlite_where=sa.text("corrects_id IS NULL"),
            postgresql_where=sa.text("corrects_id IS NULL"),
        )

    op.create_table(
        "calibration_reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("point", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("repeat", sa.Integer(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("indication", sa.Text(), nullable=True),
        sa.Column("difference", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("lower", sa.Text(), nullable=True),
        sa.Column("upper", sa.Text(), nullable=True),
        sa.Column("u", sa.Text(), nullable=True),
        sa.Column("k", sa.Text(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("cannot_measure", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("confirmed_slip", sa.Boolean(), nullable=False),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("correction", sa.Text(), nullable=False),
        sa.Column("performed_at", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("run IN ('as_found', 'as_left')", name=op.f("ck_calibration_reading_run")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_calibration_reading_by_id")),
        sa.ForeignKeyConstraint(
            ["corrects_id"], ["calibration_reading.id"], name=op.f("fk_calibration_reading_corrects_id")
        ),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_calibration_reading_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration_reading")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_calibration_reading_corrects_id")),
    )
    with op.batch_alter_table("calibration_reading", schema=None) as batch_op:
        batch_op.create_index("ix_calibration_reading_place", ["record_id", "place"], unique=False)
        batch_op.create_index(
            "uq_calibration_reading_first",
            ["record_id", "run", "point", "repeat"],
            unique=True,
            sqlite_where=sa.text("corrects_id IS NULL"),
            postgresql_where=sa.text("corrects_id IS NULL"),
        )

    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.Text(), nullable=False),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        sa.Column("revoked_at", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_calendar_feed_area_id")),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_calendar_feed_made_by")),
        sa.ForeignKeyConstraint(["revoked_by"], ["person.id"], name=op.f("fk_calendar_feed_revoked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_calendar_feed_secret_hash")),
    )

    op.create_table(
        "equipment_due",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("equipment_id", sa.Integer(), nullable=False),
        sa.Column("work", sa.Text(), nullable=False),
        sa.Column("due", sa.Text(), nullable=False),
        sa.Column("last_done", sa.Text(), nullable=True),
        sa.Column("last_record_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["equipment_id"], ["equipment.id"], name=op.f("fk_equipment_due_equipment_id")),
        sa.ForeignKeyConstraint(["last_record_id"], ["record.id"], name=op.f("fk_equipment_due_last_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_equipment_due")),
        sa.UniqueConstraint("equipment_id", "work", name=op.f("uq_equipment_due_equipment_id_work")),
    )
    with op.batch_alter_table("equipment_due", schema=None) as batch_op:
        batch_op.create_index("ix_equipment_due_due", ["due"], unique=False)

    op.create_table(
        "equipment_good_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("equipment_id", sa.Integer(), nullable=False),
        sa.Column("function", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("taken_back_at", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_equipment_good_check_by_id")),
        sa.ForeignKeyConstraint(["equipment_id"], ["equipment.id"], name=op.f("fk_equipment_good_check_equipment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_equipment_good_check")),
    )
    with op.batch_alter_table("equipment_good_check", schema=None) as batch_op:
        batch_op.create_index("ix_equipment_good_check_equipment_id_at", ["equipment_id", "at"], unique=False)

    op.create_table(
        "equipment_hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("equipment_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column("placed_by", sa.Integer(), nullable=False),
        sa.Column("placed_at", sa.Text(), nullable=False),
        sa.Column("lifted_by", sa.Integer(), nullable=True),
        sa.Column("lifted_at", sa.Text(), nullable=True),
        sa.Column("lift_words", sa.Text(), nullable=False),
        sa.Column("work", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "reason IN ('out of tolerance', 'damaged', 'missing', 'safety', 'other')",
            name=op.f("ck_equipment_hold_reason"),
        ),
        sa.ForeignKeyConstraint(["equipment_id"], ["equipment.id"], name=op.f("fk_equipment_hold_equipment_id")),
        sa.ForeignKeyConstraint(["lifted_by"], ["person.id"], name=op.f("fk_equipment_hold_lifted_by")),
        sa.ForeignKeyConstraint(["placed_by"], ["person.id"], name=op.f("fk_equipment_hold_placed_by")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_equipment_hold_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_equipment_hold")),
    )
    with op.batch_alter_table("equipment_hold", schema=None) as batch_op:
        batch_op.create_index(
            "ix_equipment_hold_open",
            ["equipment_id"],
            unique=False,
            sqlite_where=sa.text("lifted_at IS NULL"),
            postgresql_where=sa.text("lifted_at IS NULL"),
        )

    op.create_table(
        "equipment_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("equipment_id", sa.Integer(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_equipment_log_by_id")),
        sa.ForeignKeyConstraint(["equipment_id"], ["equipment.id"], name=op.f("fk_equipment_log_equipment_id")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_equipment_log_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_equipment_log")),
    )
    with op.batch_alter_table("equipment_log", schema=None) as batch_op:
        batch_op.create_index("ix_equipment_log_equipment_id_at", ["equipment_id", "at"], unique=False)

    op.create_table(
        "gauge_function",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("gauge_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("low", sa.Text(), nullable=True),
        sa.Column("high", sa.Text(), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.Column("reads_to", sa.Text(), nullable=True),
        sa.Column("tolerance", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["gauge_id"], ["gauge.equipment_id"], name=op.f("fk_gauge_function_gauge_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gauge_function")),
        sa.UniqueConstraint("gauge_id", "place", name=op.f("uq_gauge_function_gauge_id_place")),
    )
    op.create_table(
        "issued_pdf",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("issue_no", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("trail_seq", sa.Integer(), nullable=False),
        sa.Column("trail_head", sa.Text(), nullable=False),
        sa.Column("issued_by", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["issued_by"], ["person.id"], name=op.f("fk_issued_pdf_issued_by")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_issued_pdf_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issued_pdf")),
        sa.UniqueConstraint("code", name=op.f("uq_issued_pdf_code")),
        sa.UniqueConstraint("record_id", "issue_no", name=op.f("uq_issued_pdf_record_id_issue_no")),
    )
    op.create_table(
        "record_content",
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_record_content_record_id")),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_record_content")),
    )
    op.create_table(
        "signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.Column("meaning", sa.Text(), nullable=False),
        sa.Column("signer_id", sa.Integer(), nullable=False),
        sa.Column("printed_name", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "meaning IN ('performed', 'checked', 'reviewed', 'approved', 'released', 'rejected', 'overridden', "
            "'corrected', 'declared in error', 'transcribed')",
            name=op.f("ck_signature_meaning"),
        ),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_signature_device_id")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_signature_record_id")),
        sa.ForeignKeyConstraint(["signer_id"], ["person.id"], name=op.f("fk_signature_signer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
        sa.UniqueConstraint(
            "record_id",
            "version",
            "meaning",
            "signer_id",
            name=op.f("uq_signature_record_id_version_meaning_signer_id"),
        ),
    )
    op.create_table(
        "standard_certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("standard_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("laboratory", sa.Text(), nullable=False),
        sa.Column("issued", sa.Text(), nullable=False),
        sa.Column("valid_until", sa.Text(), nullable=False),
        sa.Column("opened", sa.Text(), nullable=True),
        sa.Column("uncertainty_text", sa.Text(), nullable=False),
        sa.Column("uncertainty", sa.Text(), nullable=False),
        sa.Column("certified", sa.Text(), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.Text(), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("ended_why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"], name=op.f("fk_standard_certificate_ended_by")),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["standard_certificate.id"], name=op.f("fk_standard_certificate_replaces_id")
        ),
        sa.ForeignKeyConstraint(
            ["standard_id"], ["standard.equipment_id"], name=op.f("fk_standard_certificate_standard_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standard_certificate")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_standard_certificate_replaces_id")),
    )
    with op.batch_alter_table("standard_certificate", schema=None) as batch_op:
        batch_op.create_index(
            "uq_standard_certificate_standing",
            ["standard_id", "number"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "import_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("matching", sa.Text(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("same", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_import_run_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
    )
    with op.batch_alter_table("import_run", schema=None) as batch_op:
        batch_op.create_index("ix_import_run_kind_id", ["kind", "id"], unique=False)

    op.create_table(
        "old_calibration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("gauge_id", sa.Integer(), nullable=False),
        sa.Column("performed_on", sa.Text(), nullable=False),
        sa.Column("certificate", sa.Text(), nullable=False),
        sa.Column("performed_by", sa.Text(), nullable=False),
        sa.Column("as_found", sa.Text(), nullable=False),
        sa.Column("as_left", sa.Text(), nullable=False),
        sa.Column("adjusted", sa.Boolean(), nullable=True),
        sa.Column("worst_error", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("readings", sa.Text(), nullable=False),
        sa.Column("use", sa.Text(), nullable=False),
        sa.Column("next_due", sa.Text(), nullable=True),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.Text(), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("ended_why", sa.Text(), nullable=False),
        sa.CheckConstraint("as_found IN ('', 'pass', 'fail')", name=op.f("ck_old_calibration_as_found")),
        sa.CheckConstraint("as_left IN ('', 'pass', 'fail')", name=op.f("ck_old_calibration_as_left")),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"], name=op.f("fk_old_calibration_ended_by")),
        sa.ForeignKeyConstraint(["gauge_id"], ["gauge.equipment_id"], name=op.f("fk_old_calibration_gauge_id")),
        sa.ForeignKeyConstraint(["run_id"], ["import_run.id"], name=op.f("fk_old_calibration_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_old_calibration")),
    )
    with op.batch_alter_table("old_calibration", schema=None) as batch_op:
        batch_op.create_index(
            "uq_old_calibration_standing",
            ["gauge_id", "performed_on", "certificate"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "certificate_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["added_by"], ["person.id"], name=op.f("fk_certificate_file_added_by")),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["standard_certificate.id"], name=op.f("fk_certificate_file_certificate_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_file")),
    )
    with op.batch_alter_table("certificate_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_certificate_file_certificate_id"), ["certificate_id"], unique=False)

    op.create_table(
        "measurement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("gauge_id", sa.Integer(), nullable=False),
        sa.Column("calibration", sa.Text(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=True),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["standard_certificate.id"], name=op.f("fk_measurement_certificate_id")
        ),
        sa.ForeignKeyConstraint(["gauge_id"], ["equipment.id"], name=op.f("fk_measurement_gauge_id")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_measurement_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measurement")),
    )
    with op.batch_alter_table("measurement", schema=None) as batch_op:
        batch_op.create_index("ix_measurement_certificate_id_at_id", ["certificate_id", "at", "id"], unique=False)
        batch_op.create_index("ix_measurement_gauge_id_at_id", ["gauge_id", "at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_measurement_record_id"), ["record_id"], unique=False)

    op.create_table(
        "task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column("equipment_id", sa.Integer(), nullable=True),
        sa.Column("for_permission", sa.Text(), nullable=True),
        sa.Column("for_person_id", sa.Integer(), nullable=True),
        sa.Column("for_area_id", sa.Integer(), nullable=True),
        sa.Column("raised_at", sa.Text(), nullable=False),
        sa.Column("due", sa.Text(), nullable=True),
        sa.Column("done_at", sa.Text(), nullable=True),
        sa.Column("done_by", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["done_by"], ["person.id"], name=op.f("fk_task_done_by")),
        sa.ForeignKeyConstraint(["equipment_id"], ["equipment.id"], name=op.f("fk_task_equipment_id")),
        sa.ForeignKeyConstraint(["for_area_id"], ["area.id"], name=op.f("fk_task_for_area_id")),
        sa.ForeignKeyConstraint(["for_person_id"], ["person.id"], name=op.f("fk_task_for_person_id")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_task_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.create_index(
            "ix_task_open",
            ["for_permission", "for_person_id"],
            unique=False,
            sqlite_where=sa.text("done_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_task_record_id"), ["record_id"], unique=False)

    op.create_table(
        "calibration_standard",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("standard_id", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["standard_certificate.id"], name=op.f("fk_calibration_standard_certificate_id")
        ),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_calibration_standard_record_id")),
        sa.ForeignKeyConstraint(
            ["standard_id"], ["standard.equipment_id"], name=op.f("fk_calibration_standard_standard_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration_standard")),
        sa.UniqueConstraint("record_id", "standard_id", name=op.f("uq_calibration_standard_record_id_standard_id")),
    )

    op.create_table(
        "in_use_baseline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("gauge_id", sa.Integer(), nullable=False),
        sa.Column("series", sa.Integer(), nullable=False),
        sa.Column("since", sa.Text(), nullable=True),
        sa.Column("parameters", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("made_at", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_in_use_baseline_by_id")),
        sa.ForeignKeyConstraint(["gauge_id"], ["gauge.equipment_id"], name=op.f("fk_in_use_baseline_gauge_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_in_use_baseline")),
    )
    with op.batch_alter_table("in_use_baseline", schema=None) as batch_op:
        batch_op.create_index("ix_in_use_baseline_gauge_id_series", ["gauge_id", "series"], unique=False)

    op.create_table(
        "in_use_month",
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("gauge_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["gauge_id"], ["gauge.equipment_id"], name=op.f("fk_in_use_month_gauge_id")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_in_use_month_record_id")),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_in_use_month")),
    )
    with op.batch_alter_table("in_use_month", schema=None) as batch_op:
        batch_op.create_index("ix_in_use_month_gauge_id_month", ["gauge_id", "month"], unique=False)

    op.create_table(
        "in_use_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("gauge_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("series", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("lower", sa.Text(), nullable=True),
        sa.Column("upper", sa.Text(), nullable=True),
        sa.Column("caution", sa.Text(), nullable=False),
        sa.Column("try_of_id", sa.Integer(), nullable=True),
        sa.Column("certificate_id", sa.Integer(), nullable=True),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("correction", sa.Text(), nullable=False),
        sa.Column("performed_at", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("outcome IN ('pass', 'fail', 'not used', 'in error')", name=op.f("ck_in_use_check_outcome")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_in_use_check_by_id")),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["standard_certificate.id"], name=op.f("fk_in_use_check_certificate_id")
        ),
        sa.ForeignKeyConstraint(["corrects_id"], ["in_use_check.id"], name=op.f("fk_in_use_check_corrects_id")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_in_use_check_device_id")),
        sa.ForeignKeyConstraint(["gauge_id"], ["gauge.equipment_id"], name=op.f("fk_in_use_check_gauge_id")),
        sa.ForeignKeyConstraint(["revision_id"], ["revision.id"], name=op.f("fk_in_use_check_revision_id")),
        sa.ForeignKeyConstraint(["try_of_id"], ["in_use_check.id"], name=op.f("fk_in_use_check_try_of_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_in_use_check")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_in_use_check_corrects_id")),
    )
    with op.batch_alter_table("in_use_check", schema=None) as batch_op:
        batch_op.create_index("ix_in_use_check_gauge_id_performed_at", ["gauge_id", "performed_at"], unique=False)
        batch_op.create_index(
            "uq_in_use_check_second",
            ["try_of_id"],
            unique=True,
            sqlite_where=sa.text("corrects_id IS NULL"),
            postgresql_where=sa.text("corrects_id IS NULL"),
        )

    op.create_table(
        "gauge_study",
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("gauge_id", sa.Integer(), nullable=False),
        sa.Column("sort", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("function", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=True),
        sa.Column("low", sa.Text(), nullable=True),
        sa.Column("high", sa.Text(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("lower", sa.Text(), nullable=True),
        sa.Column("upper", sa.Text(), nullable=True),
        sa.Column("repeats", sa.Integer(), nullable=False),
        sa.Column("look", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("ended_why", sa.Text(), nullable=False),
        sa.CheckConstraint("basis IN ('product', 'card', 'none')", name=op.f("ck_gauge_study_basis")),
        sa.CheckConstraint("sort IN ('variable', 'attribute')", name=op.f("ck_gauge_study_sort")),
        sa.ForeignKeyConstraint(["gauge_id"], ["gauge.equipment_id"], name=op.f("fk_gauge_study_gauge_id")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_gauge_study_record_id")),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_gauge_study")),
    )
    with op.batch_alter_table("gauge_study", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gauge_study_gauge_id"), ["gauge_id"], unique=False)

    op.create_table(
        "gauge_study_appraiser",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("turns", sa.Text(), nullable=False),
        sa.Column("left_at", sa.Text(), nullable=True),
        sa.Column("left_why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_gauge_study_appraiser_person_id")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_gauge_study_appraiser_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gauge_study_appraiser")),
        sa.UniqueConstraint("record_id", "n", name=op.f("uq_gauge_study_appraiser_record_id_n")),
        sa.UniqueConstraint("record_id", "person_id", name=op.f("uq_gauge_study_appraiser_record_id_person_id")),
    )
    with op.batch_alter_table("gauge_study_appraiser", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gauge_study_appraiser_person_id"), ["person_id"], unique=False)

    op.create_table(
        "gauge_study_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_gauge_study_part_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gauge_study_part")),
        sa.UniqueConstraint("record_id", "label", name=op.f("uq_gauge_study_part_record_id_label")),
        sa.UniqueConstraint("record_id", "n", name=op.f("uq_gauge_study_part_record_id_n")),
    )

    op.create_table(
        "gauge_study_value",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("appraiser_id", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("call", sa.Text(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("correction", sa.Text(), nullable=False),
        sa.Column("performed_at", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("call IN ('', 'pass', 'fail')", name=op.f("ck_gauge_study_value_call")),
        sa.ForeignKeyConstraint(
            ["appraiser_id"], ["gauge_study_appraiser.id"], name=op.f("fk_gauge_study_value_appraiser_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_gauge_study_value_by_id")),
        sa.ForeignKeyConstraint(
            ["corrects_id"], ["gauge_study_value.id"], name=op.f("fk_gauge_study_value_corrects_id")
        ),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_gauge_study_value_device_id")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_gauge_study_value_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gauge_study_value")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_gauge_study_value_corrects_id")),
    )
    with op.batch_alter_table("gauge_study_value", schema=None) as batch_op:
        batch_op.create_index("ix_gauge_study_value_record_id", ["record_id"], unique=False)
        batch_op.create_index(
            "uq_gauge_study_value_first",
            ["appraiser_id", "turn"],
            unique=True,
            sqlite_where=sa.text("corrects_id IS NULL"),
            postgresql_where=sa.text("corrects_id IS NULL"),
        )

    search.make(op.get_bind())
    blobs.make(op.get_bind())
