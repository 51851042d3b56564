"""What people think of the assistant's answers."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "answer_rating",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("answer", sa.String(length=32), nullable=True),
        sa.Column("person", sa.String(length=60), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("face", sa.String(length=10), nullable=False),
        sa.Column("intent", sa.String(length=40), nullable=False),
        sa.Column("process", sa.String(length=60), nullable=True),
        sa.Column("helped", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_rating")),
        sa.UniqueConstraint("answer", "person", name=op.f("uq_answer_rating_answer_person")),
    )
    op.create_index("ix_answer_rating_at", "answer_rating", ["at"])


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_answer_rating_at", table_name="answer_rating")
    op.drop_table("answer_rating")
