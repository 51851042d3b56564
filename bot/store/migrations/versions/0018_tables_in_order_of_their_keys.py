"""What is owed, the outbox and tips on tags lie in the order of their keys in a SQLite file.

So no key stands there twice; that takes a minute for a file of ten gigabytes. On both databases
the index of what is owed holds only what is still to be done.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_IN_ORDER = ("action", "reply_task", "tag_tip")


def upgrade() -> None:
    """Bring the schema forward."""
    op.drop_index("ix_reply_task_next_at", table_name="reply_task")
    _make_anew(with_rowid=False)
    only = sa.text("next_at IS NOT NULL")
    op.create_index(
        "ix_reply_task_due", "reply_task", ["next_at"], sqlite_where=only, postgresql_where=only
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_reply_task_due", table_name="reply_task")
    _make_anew(with_rowid=True)
    op.create_index("ix_reply_task_next_at", "reply_task", ["next_at"])


def _make_anew(*, with_rowid: bool) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in _IN_ORDER:
            with op.batch_alter_table(
                table, recreate="always", table_kwargs={"sqlite_with_rowid": with_rowid}
            ):
                pass
