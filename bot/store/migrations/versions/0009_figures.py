"""What figures are made from: one row for each run of a case's clock, and frozen months.

Cases from before get no rows here: ``sammadag recompute`` makes them, beside the program, so that
an upgrade takes seconds.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_INDEXES = (["opened_day"], ["answered_day"], ["closed_day", "opened_day"], ["due_day"])


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "case_fact",
        sa.Column("case_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("clock", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("process", sa.String(length=60), nullable=True),
        sa.Column("matter", sa.String(length=60), nullable=True),
        sa.Column("mailbox", sa.String(length=60), nullable=False),
        sa.Column("customer", sa.String(length=120), nullable=True),
        sa.Column("team", sa.String(length=60), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("protected", sa.Boolean(), nullable=False),
        sa.Column("urgent", sa.String(length=20), nullable=False),
        sa.Column("misdirected", sa.Boolean(), nullable=False),
        sa.Column("opened_day", sa.Integer(), nullable=False),
        sa.Column("opened_hour", sa.SmallInteger(), nullable=False),
        sa.Column("answered_day", sa.Integer(), nullable=True),
        sa.Column("answer_wall_s", sa.Integer(), nullable=True),
        sa.Column("answer_work_s", sa.Integer(), nullable=True),
        sa.Column("same_day", sa.Boolean(), nullable=False),
        sa.Column("template", sa.String(length=60), nullable=True),
        sa.Column("again", sa.Boolean(), nullable=False),
        sa.Column("closed_day", sa.Integer(), nullable=True),
        sa.Column("close_wall_s", sa.Integer(), nullable=True),
        sa.Column("close_work_s", sa.Integer(), nullable=True),
        sa.Column("merged", sa.Boolean(), nullable=False),
        sa.Column("due_day", sa.Integer(), nullable=True),
        sa.Column("stop", sa.String(length=10), nullable=True),
        sa.Column("handovers", sa.SmallInteger(), nullable=False),
        sa.Column("moves", sa.SmallInteger(), nullable=False),
        sa.Column("corrections", sa.SmallInteger(), nullable=False),
        sa.Column("mark", sa.String(length=10), nullable=True),
        sa.Column("rules", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_fact_case_id")),
        sa.PrimaryKeyConstraint("case_id", "clock", name=op.f("pk_case_fact")),
    )
    for columns in _INDEXES:
        op.create_index(f"ix_case_fact_{'_'.join(columns)}", "case_fact", columns, unique=False)
    op.create_table(
        "frozen_figure",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("by", sa.String(length=20), nullable=False),
        sa.Column("group_key", sa.String(length=120), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rules", sa.SmallInteger(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("month", "by", "group_key", name=op.f("pk_frozen_figure")),
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("frozen_figure")
    for columns in _INDEXES:
        op.drop_index(f"ix_case_fact_{'_'.join(columns)}", table_name="case_fact")
    op.drop_table("case_fact")
