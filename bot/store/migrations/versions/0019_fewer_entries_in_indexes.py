"""Events are found by time where anybody asks for them so, and actions no longer by case."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_ASKED_FOR = (
    "kind NOT IN ('acknowledged', 'alert_sent', 'assigned', 'escalated', 'resumed', 'taken',"
    " 'viewed', 'waiting')"
)


def upgrade() -> None:
    """Bring the schema forward."""
    op.drop_index("ix_action_case_id", table_name="action")
    op.drop_index("ix_event_kind_at", table_name="event")
    only = sa.text(_ASKED_FOR)
    op.create_index(
        "ix_event_found_by_time",
        "event",
        ["kind", "at"],
        sqlite_where=only,
        postgresql_where=only,
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_event_found_by_time", table_name="event")
    op.create_index("ix_event_kind_at", "event", ["kind", "at"])
    op.create_index("ix_action_case_id", "action", ["case_id"])
