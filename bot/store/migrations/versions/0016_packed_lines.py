"""A SQLite file of four kilobytes a case: seconds, packed lines, one row for the people of a mail.

In a SQLite file instants become seconds, and from now on subjects, people and what events tell
are packed (those that are there stay as they are): some minutes for a file of ten gigabytes.
On both databases the people of a mail come together in one row, and indexes of open cases, of
customers and of deadlines hold only what is asked for.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_SECONDS = "CASE WHEN {0} % 1000000 = 0 THEN {0} / 1000000 ELSE {0} / 1000000.0 END"
_MICROS = "CAST(round({0} * 1000000) AS INTEGER)"
_TOGETHER = {
    "sqlite": (
        "SELECT message_id, json_group_array(json_array(role, name, address)) AS people"
        " FROM (SELECT * FROM message_address ORDER BY message_id, position) AS one"
        " GROUP BY message_id"
    ),
    "postgresql": (
        "SELECT message_id, json_agg(json_build_array(role, name, address) ORDER BY position)"
        " AS people FROM message_address GROUP BY message_id"
    ),
}
_APART = (
    "SELECT message_id, position - 1 AS position, person ->> 0 AS role, person ->> 1 AS name,"
    " person ->> 2 AS address FROM message_address,"
    " json_array_elements(people) WITH ORDINALITY AS one (person, position)"
)
_CUSTOMER = ("case_file", "ix_case_file_customer_received_at", ["customer", "received_at"])
_DUE = ("case_fact", "ix_case_fact_due_day", ["due_day"])
_WHOLE = (
    _CUSTOMER,
    _DUE,
    ("case_file", "ix_case_file_handle_by", ["handle_by"]),
    ("case_file", "ix_case_file_status_urgent", ["status", "urgent"]),
    ("case_file", "ix_case_file_team_status", ["team", "status"]),
)
_OPEN = "status <> 'closed'"
_PARTIAL = (
    (*_CUSTOMER, "customer IS NOT NULL"),
    (*_DUE, "due_day IS NOT NULL"),
    ("case_file", "ix_case_file_open_by_status", ["status", "urgent"], _OPEN),
    ("case_file", "ix_case_file_open_by_team", ["team", "status"], _OPEN),
)


def upgrade() -> None:
    """Bring the schema forward."""
    dialect = op.get_bind().dialect.name
    if dialect == "sqlite":
        _store_instants(_SECONDS)
    op.execute(f"CREATE TABLE gathered AS {_TOGETHER[dialect]}")
    op.drop_table("message_address")
    op.create_table(
        "message_address",
        sa.Column("message_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        *_keys("message_id"),
    )
    op.execute("INSERT INTO message_address SELECT message_id, people FROM gathered")
    op.drop_table("gathered")
    for table, name, _ in _WHOLE:
        op.drop_index(name, table_name=table)
    for table, name, columns, where in _PARTIAL:
        only = sa.text(where)
        op.create_index(name, table, columns, sqlite_where=only, postgresql_where=only)


def downgrade() -> None:
    """Take the change back, unless a SQLite file holds what may be packed."""
    bind = op.get_bind()
    sqlite = bind.dialect.name == "sqlite"
    if sqlite:
        for table in ("message", "case_file", "action"):
            if bind.exec_driver_sql(f"SELECT 1 FROM {table} LIMIT 1").first() is not None:
                raise RuntimeError("lines are packed: take the backup from before the upgrade")
        _store_instants(_MICROS)
    for table, name, _, _ in _PARTIAL:
        op.drop_index(name, table_name=table)
    for table, name, columns in _WHOLE:
        op.create_index(name, table, columns)
    if not sqlite:
        op.execute(f"CREATE TABLE gathered AS {_APART}")
    op.drop_table("message_address")
    op.create_table(
        "message_address",
        sa.Column("message_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        *_keys("message_id", "position"),
        sqlite_with_rowid=False,
    )
    if not sqlite:
        op.execute("INSERT INTO message_address SELECT * FROM gathered")
        op.drop_table("gathered")


def _keys(*columns: str) -> tuple[sa.schema.Constraint, ...]:
    return (
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_message_address_message_id")
        ),
        sa.PrimaryKeyConstraint(*columns, name=op.f("pk_message_address")),
    )


def _store_instants(form: str) -> None:
    """Write the instants of all tables in another form."""
    bind = op.get_bind()
    inspector = sa.inspect(bind)
    for table in sorted(inspector.get_table_names()):
        names = [
            column["name"]
            for column in inspector.get_columns(table)
            if isinstance(column["type"], sa.DateTime)
        ]
        if names:
            changes = ", ".join(f"{name} = {form.format(name)}" for name in names)
            bind.exec_driver_sql(f"UPDATE {table} SET {changes}")
