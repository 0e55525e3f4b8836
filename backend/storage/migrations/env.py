"""Alembic's entry: runs the migrations over the connection that `backend.storage.database.migrate` holds."""

from alembic import context

from backend.storage.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    # SQLite cannot alter most of a table; Alembic copies it instead
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
