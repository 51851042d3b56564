"""Who leads a mailbox, what is to be marked in it, and what people took away."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    with op.batch_alter_table("mailbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("leader", sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column("leader_until", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("mark_due", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(
            "ix_delivery_mark_due",
            ["mailbox"],
            unique=False,
            sqlite_where=sa.text("mark_due"),
            postgresql_where=sa.text("mark_due"),
        )


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index("ix_delivery_mark_due")
        batch_op.drop_column("gone_at")
        batch_op.drop_column("mark_due")
    with op.batch_alter_table("mailbox", schema=None) as batch_op:
        batch_op.drop_column("leader_until")
        batch_op.drop_column("leader")
