"""Sums of days and months that are over; the program counts them itself, bit by bit."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "fact_sum",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("basis", sa.String(length=20), nullable=False),
        sa.Column("by", sa.String(length=10), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("rules", sa.String(length=32), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact_sum")),
        sa.UniqueConstraint("kind", "by", "first", name=op.f("uq_fact_sum_kind_by_first")),
    )
    op.create_index("ix_fact_sum_basis_last_first", "fact_sum", ["basis", "last", "first"])


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_fact_sum_basis_last_first", table_name="fact_sum")
    op.drop_table("fact_sum")
