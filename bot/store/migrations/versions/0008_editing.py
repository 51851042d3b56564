"""Versions of knowledge and templates, and changes that wait for a second person."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "knowledge_change",
        sa.Column("id", _ID, nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.Column("author", sa.String(length=60), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("touches", sa.JSON(), nullable=False),
        sa.Column("undoes", _ID, nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("settled_by", sa.String(length=60), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trial_state", sa.String(length=20), nullable=False),
        sa.Column("trial_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trial_done", sa.Integer(), nullable=False),
        sa.Column("trial_total", sa.Integer(), nullable=False),
        sa.Column("trial", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["undoes"], ["knowledge_change.id"], name=op.f("fk_knowledge_change_undoes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_change")),
        sa.UniqueConstraint("number", name=op.f("uq_knowledge_change_number")),
    )
    op.create_index("ix_knowledge_change_state_id", "knowledge_change", ["state", "id"])
    op.create_index("ix_knowledge_change_trial_state_id", "knowledge_change", ["trial_state", "id"])
    op.create_table(
        "knowledge_file",
        sa.Column("change_id", _ID, autoincrement=False, nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("before", sa.LargeBinary(), nullable=True),
        sa.Column("before_digest", sa.String(length=64), nullable=True),
        sa.Column("after", sa.LargeBinary(), nullable=True),
        sa.Column("after_digest", sa.String(length=64), nullable=True),
        sa.Column("folder_digest", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["change_id"], ["knowledge_change.id"], name=op.f("fk_knowledge_file_change_id")
        ),
        sa.PrimaryKeyConstraint("change_id", "path", name=op.f("pk_knowledge_file")),
    )
    op.create_index("ix_knowledge_file_path_number", "knowledge_file", ["path", "number"])


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_knowledge_file_path_number", table_name="knowledge_file")
    op.drop_table("knowledge_file")
    op.drop_index("ix_knowledge_change_trial_state_id", table_name="knowledge_change")
    op.drop_index("ix_knowledge_change_state_id", table_name="knowledge_change")
    op.drop_table("knowledge_change")
