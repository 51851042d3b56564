"""How Alembic reaches the connection that `bot.store.schema` gives it."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes.get("target_metadata"),
    render_as_batch=True,
    compare_type=True,
)
context.run_migrations()
