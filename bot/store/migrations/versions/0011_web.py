"""What the browser needs to remember."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "case_presence",
        sa.Column("case_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person", sa.String(length=60), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_case_presence_case_id")
        ),
        sa.PrimaryKeyConstraint("case_id", "person", name=op.f("pk_case_presence")),
    )
    op.create_index("ix_case_presence_seen_at", "case_presence", ["seen_at"], unique=False)
    op.create_table(
        "last_act",
        sa.Column("case_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_last_act_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_last_act")),
    )
    op.create_table(
        "merged_case",
        sa.Column("case_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("into_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_merged_case_case_id")),
        sa.ForeignKeyConstraint(["into_id"], ["case_file.id"], name=op.f("fk_merged_case_into_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_merged_case")),
    )
    op.create_index("ix_merged_case_into_id", "merged_case", ["into_id"], unique=False)
    unfinished = sa.text("state IN ('held', 'failed', 'uncertain')")
    op.create_index(
        "ix_action_unfinished",
        "action",
        ["state", "due_at", "key"],
        unique=False,
        sqlite_where=unfinished,
        postgresql_where=unfinished,
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_action_unfinished", table_name="action")
    op.drop_index("ix_merged_case_into_id", table_name="merged_case")
    op.drop_table("merged_case")
    op.drop_table("last_act")
    op.drop_index("ix_case_presence_seen_at", table_name="case_presence")
    op.drop_table("case_presence")
