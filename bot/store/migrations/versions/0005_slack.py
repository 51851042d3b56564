"""What Slack told us, the cards we keep there, and what waits to be posted."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "slack_event",
        sa.Column("event_id", sa.String(length=80), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("body", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_slack_event")),
    )
    op.create_index("ix_slack_event_handled_at", "slack_event", ["handled_at"], unique=False)
    op.create_table(
        "slack_card",
        sa.Column("case_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("ts", sa.String(length=40), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shown_version", sa.Integer(), nullable=True),
        sa.Column("shown_closed", sa.Boolean(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_slack_card_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_slack_card")),
    )
    op.create_index("ix_slack_card_shown_closed", "slack_card", ["shown_closed"], unique=False)
    op.create_table(
        "slack_post",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("thread", sa.String(length=40), nullable=True),
        sa.Column("replaces", sa.String(length=40), nullable=True),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("ts", sa.String(length=40), nullable=True),
        sa.Column("because", sa.String(length=60), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_slack_post")),
    )
    op.create_index("ix_slack_post_state_due_at", "slack_post", ["state", "due_at"], unique=False)
    op.create_table(
        "slack_channel",
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cards_after", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_slack_channel")),
    )
    op.create_table(
        "slack_link",
        sa.Column("worker", sa.String(length=80), nullable=False),
        sa.Column("transport", sa.String(length=10), nullable=False),
        sa.Column("connected", sa.Boolean(), nullable=False),
        sa.Column("last_frame_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("worker", name=op.f("pk_slack_link")),
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("slack_link")
    op.drop_table("slack_channel")
    op.drop_table("slack_post")
    op.drop_table("slack_card")
    op.drop_table("slack_event")
