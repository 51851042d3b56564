"""Internal control: samples, reviews; and figures from elsewhere."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "control_sample",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("process", sa.String(length=60), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=60), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drawn_by", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_control_sample")),
    )
    op.create_index("ix_control_sample_process_first", "control_sample", ["process", "first"])
    op.create_table(
        "control_item",
        sa.Column(
            "sample_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=10), nullable=False),
        sa.Column("reviewed_by", sa.String(length=60), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answers", sa.JSON(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_control_item_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["sample_id"], ["control_sample.id"], name=op.f("fk_control_item_sample_id")
        ),
        sa.PrimaryKeyConstraint("sample_id", "position", name=op.f("pk_control_item")),
    )
    op.create_index("ix_control_item_case_id", "control_item", ["case_id"])
    op.create_table(
        "outside_figure",
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("measure", sa.String(length=30), nullable=False),
        sa.Column("place", sa.String(length=60), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint(
            "source", "measure", "place", "first", "last", name=op.f("pk_outside_figure")
        ),
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("outside_figure")
    op.drop_index("ix_control_item_case_id", table_name="control_item")
    op.drop_table("control_item")
    op.drop_index("ix_control_sample_process_first", table_name="control_sample")
    op.drop_table("control_sample")
