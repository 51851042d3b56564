"""Indexes by which long lists are read a page at a time, and the books counted quickly."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_CONTRADICTING = (
    "outcome IN ('case', 'follow_up') AND (case_id IS NULL OR message_id IS NULL)"
    " OR outcome IN ('ignored', 'duplicate') AND message_id IS NULL"
    " AND coalesce(because, '') NOT IN ('own_copy', 'no_case')"
)


def upgrade() -> None:
    """Bring the schema forward."""
    _partial("ix_case_file_complaint", "case_file", ["received_at", "id"], "complaint")
    _partial("ix_delivery_contradicting", "delivery", ["mailbox"], _CONTRADICTING)
    op.drop_index("ix_delivery_outcome_mailbox", table_name="delivery")
    op.create_index(
        "ix_delivery_outcome_mailbox_gone_at", "delivery", ["outcome", "mailbox", "gone_at"]
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_delivery_outcome_mailbox_gone_at", table_name="delivery")
    op.create_index("ix_delivery_outcome_mailbox", "delivery", ["outcome", "mailbox"])
    op.drop_index("ix_delivery_contradicting", table_name="delivery")
    op.drop_index("ix_case_file_complaint", table_name="case_file")


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    only = sa.text(where)
    op.create_index(name, table, columns, sqlite_where=only, postgresql_where=only)
