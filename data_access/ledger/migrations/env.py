"""What Alembic runs to bring a ledger up: in the transaction of whoever calls it (`migration.py`), which commits it
whole or not at all."""

from alembic import context

if __name__ == "env_py":  # as Alembic calls it; to import it runs nothing
    context.configure(connection=context.config.attributes["connection"])
    context.run_migrations()
