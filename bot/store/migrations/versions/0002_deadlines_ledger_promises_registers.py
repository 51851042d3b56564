"""Deadlines, the ledger, stop lists, promises and registers."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "ledger_generation",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("switched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_generation")),
    )
    op.create_table(
        "ledger_invoice",
        sa.Column("generation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("ocr", sa.String(length=30), nullable=True),
        sa.Column("customer_no", sa.String(length=30), nullable=True),
        sa.Column("customer", sa.String(length=200), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.String(length=12), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("generation", "number", name=op.f("pk_ledger_invoice")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("ledger_invoice", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_ledger_invoice_generation_customer_no"),
            ["generation", "customer_no"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_ledger_invoice_generation_ocr"), ["generation", "ocr"], unique=False
        )

    op.create_table(
        "stop_list",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("run_on", sa.Date(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stop_list")),
    )
    op.create_table(
        "case_invoice",
        sa.Column("case_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("amount_ore", sa.BigInteger(), nullable=True),
        sa.Column("stage", sa.String(length=12), nullable=True),
        sa.Column("customer_no", sa.String(length=30), nullable=True),
        sa.Column("customer", sa.String(length=200), nullable=True),
        sa.Column("stopped", sa.Boolean(), nullable=False),
        sa.Column("looked_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_case_invoice_case_id")
        ),
        sa.PrimaryKeyConstraint("case_id", "number", name=op.f("pk_case_invoice")),
    )
    with op.batch_alter_table("case_invoice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_invoice_number"), ["number"], unique=False)

    op.create_table(
        "ledger_current",
        sa.Column("name", sa.String(length=10), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["generation"], ["ledger_generation.id"], name=op.f("fk_ledger_current_generation")
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_ledger_current")),
    )
    op.create_table(
        "phone_call",
        sa.Column("case_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("callback", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_phone_call_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_phone_call")),
    )
    op.create_table(
        "promise",
        sa.Column("case_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("promised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kept_with", sa.String(length=20), nullable=True),
        sa.Column("broken_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_promise_case_id")),
        sa.PrimaryKeyConstraint("case_id", "number", name=op.f("pk_promise")),
    )
    with op.batch_alter_table("promise", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_promise_kept_at_due_at"), ["kept_at", "due_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_promise_next_at"), ["next_at"], unique=False)

    op.create_table(
        "register_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("register", sa.String(length=20), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_register_entry_case_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_entry")),
    )
    with op.batch_alter_table("register_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_register_entry_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_register_entry_register_at"), ["register", "at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_register_entry_register_entry"), ["register", "entry"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_register_entry_register_subject"), ["register", "subject"], unique=False
        )

    op.create_table(
        "stop_list_line",
        sa.Column("stop_list_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("part", sa.String(length=20), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("invoice", sa.String(length=30), nullable=True),
        sa.Column("line", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_stop_list_line_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["stop_list_id"], ["stop_list.id"], name=op.f("fk_stop_list_line_stop_list_id")
        ),
        sa.PrimaryKeyConstraint("stop_list_id", "position", name=op.f("pk_stop_list_line")),
    )
    with op.batch_alter_table("stop_list_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stop_list_line_invoice"), ["invoice"], unique=False)

    op.create_table(
        "stop_list_miss",
        sa.Column("invoice", sa.String(length=30), nullable=False),
        sa.Column("stop_list_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("amount_ore", sa.BigInteger(), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_stop_list_miss_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["stop_list_id"], ["stop_list.id"], name=op.f("fk_stop_list_miss_stop_list_id")
        ),
        sa.PrimaryKeyConstraint("invoice", name=op.f("pk_stop_list_miss")),
    )
    op.create_table(
        "urgency_watch",
        sa.Column("case_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_half", sa.Boolean(), nullable=False),
        sa.Column("told_last_hour", sa.Boolean(), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_urgency_watch_case_id")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_urgency_watch")),
    )
    with op.batch_alter_table("urgency_watch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_urgency_watch_next_at"), ["next_at"], unique=False)

    with op.batch_alter_table("case_file", schema=None) as batch_op:
        batch_op.add_column(sa.Column("handle_by", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("safe_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("deadline_reasons", sa.JSON(), nullable=True))
        batch_op.create_index(batch_op.f("ix_case_file_handle_by"), ["handle_by"], unique=False)


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("case_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_file_handle_by"))
        batch_op.drop_column("deadline_reasons")
        batch_op.drop_column("safe_until")
        batch_op.drop_column("handle_by")

    with op.batch_alter_table("urgency_watch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_urgency_watch_next_at"))

    op.drop_table("urgency_watch")
    op.drop_table("stop_list_miss")
    with op.batch_alter_table("stop_list_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stop_list_line_invoice"))

    op.drop_table("stop_list_line")
    with op.batch_alter_table("register_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_register_entry_register_subject"))
        batch_op.drop_index(batch_op.f("ix_register_entry_register_entry"))
        batch_op.drop_index(batch_op.f("ix_register_entry_register_at"))
        batch_op.drop_index(batch_op.f("ix_register_entry_case_id"))

    op.drop_table("register_entry")
    with op.batch_alter_table("promise", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_promise_next_at"))
        batch_op.drop_index(batch_op.f("ix_promise_kept_at_due_at"))

    op.drop_table("promise")
    op.drop_table("phone_call")
    op.drop_table("ledger_current")
    with op.batch_alter_table("case_invoice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_invoice_number"))

    op.drop_table("case_invoice")
    op.drop_table("stop_list")
    with op.batch_alter_table("ledger_invoice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_invoice_generation_ocr"))
        batch_op.drop_index(batch_op.f("ix_ledger_invoice_generation_customer_no"))

    op.drop_table("ledger_invoice")
    op.drop_table("ledger_generation")
