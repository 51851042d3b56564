"""Drafts of replies, what is owed beside the receipt, and tips on tags."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "reply_draft",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("mailbox", sa.String(length=60), nullable=False),
        sa.Column("template", sa.String(length=60), nullable=False),
        sa.Column("template_version", sa.String(length=64), nullable=True),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("occasion", sa.String(length=200), nullable=True),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("author", sa.String(length=60), nullable=False),
        sa.Column("editor", sa.String(length=60), nullable=True),
        sa.Column("approved_by", sa.String(length=60), nullable=True),
        sa.Column("sent_by", sa.String(length=60), nullable=True),
        sa.Column("feedback", sa.String(length=20), nullable=True),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_reply_draft_case_id")),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_reply_draft_message_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_draft")),
        sa.UniqueConstraint("case_id", "n", name=op.f("uq_reply_draft_case_id_n")),
        sa.UniqueConstraint("case_id", "occasion", name=op.f("uq_reply_draft_case_id_occasion")),
    )
    with op.batch_alter_table("reply_draft", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_reply_draft_state_created_at"), ["state", "created_at"], unique=False
        )
    op.create_table(
        "reply_draft_text",
        sa.Column(
            "draft_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("recipient", sa.Text(), nullable=True),
        sa.Column("given", sa.JSON(), nullable=False),
        sa.Column("own_text", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("html", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["reply_draft.id"], name=op.f("fk_reply_draft_text_draft_id")
        ),
        sa.PrimaryKeyConstraint("draft_id", name=op.f("pk_reply_draft_text")),
    )
    op.create_table(
        "reply_task",
        sa.Column("case_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_reply_task_case_id")),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_reply_task_message_id")
        ),
        sa.PrimaryKeyConstraint("case_id", "kind", name=op.f("pk_reply_task")),
    )
    with op.batch_alter_table("reply_task", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reply_task_next_at"), ["next_at"], unique=False)
    op.create_table(
        "tag_tip",
        sa.Column("sender_hash", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sender_hash", name=op.f("pk_tag_tip")),
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("tag_tip")
    op.drop_table("reply_task")
    op.drop_table("reply_draft_text")
    op.drop_table("reply_draft")
