"""Search over cases, customers and the words of mails; and the order of the inbox.

The index is left empty for mails from before: ``sammadag search rebuild`` fills it, beside the
program, so that an upgrade takes seconds.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_SQLITE = (
    """CREATE VIRTUAL TABLE search_words USING fts5(
        words, content='search_entry', content_rowid='id', detail='none', columnsize=0,
        tokenize='trigram'
    )""",
    """CREATE TRIGGER search_entry_gone AFTER DELETE ON search_entry BEGIN
        INSERT INTO search_words(search_words, rowid, words)
        VALUES ('delete', old.id, old.words);
    END""",
)
_OPEN_COLUMNS = ["mailbox", "process", "team", "owner", "urgent", "possible", "protected", "status"]


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "search_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("call_id", sa.Integer(), nullable=True),
        sa.Column(
            "words",
            sa.Text().with_variant(postgresql.TSVECTOR(), "postgresql"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["message_text.message_id"],
            name=op.f("fk_search_entry_message_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["phone_call.case_id"],
            name=op.f("fk_search_entry_call_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entry")),
        sa.UniqueConstraint("message_id", name=op.f("uq_search_entry_message_id")),
        sa.UniqueConstraint("call_id", name=op.f("uq_search_entry_call_id")),
    )
    if op.get_bind().dialect.name == "sqlite":
        for statement in _SQLITE:
            op.execute(statement)
    else:
        op.execute("CREATE INDEX ix_search_entry_words ON search_entry USING gin (words)")
    op.create_index("ix_case_file_serial_year", "case_file", ["serial", "year"])
    op.create_index("ix_case_file_customer_received_at", "case_file", ["customer", "received_at"])
    op.create_index("ix_case_invoice_customer_no", "case_invoice", ["customer_no"])
    _create_partial(
        "ix_case_file_open_by_deadline",
        "case_file",
        ["handle_by", "id", *_OPEN_COLUMNS],
        "status <> 'closed' AND handle_by IS NOT NULL",
    )
    _create_partial(
        "ix_case_file_open_by_age",
        "case_file",
        ["received_at", "id", *_OPEN_COLUMNS, "handle_by"],
        "status <> 'closed' AND handle_by IS NULL",
    )
    _create_partial(
        "ix_case_file_open_by_owner",
        "case_file",
        ["owner", "id"],
        "status <> 'closed' AND owner IS NOT NULL",
    )
    for column in ("process", "mailbox"):
        _create_partial(
            f"ix_case_file_open_by_{column}",
            "case_file",
            [column, "protected", "status"],
            "status <> 'closed'",
        )
    _create_partial(
        "ix_promise_unkept", "promise", ["due_at", "case_id", "number"], "kept_at IS NULL"
    )


def _create_partial(name: str, table: str, columns: list[str], where: str) -> None:
    only = sa.text(where)
    op.create_index(name, table, columns, sqlite_where=only, postgresql_where=only)


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_promise_unkept", table_name="promise")
    for name in ("by_mailbox", "by_process", "by_owner", "by_age", "by_deadline"):
        op.drop_index(f"ix_case_file_open_{name}", table_name="case_file")
    op.drop_index("ix_case_invoice_customer_no", table_name="case_invoice")
    op.drop_index("ix_case_file_customer_received_at", table_name="case_file")
    op.drop_index("ix_case_file_serial_year", table_name="case_file")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER search_entry_gone")
        op.execute("DROP TABLE search_words")
    op.drop_table("search_entry")
