"""What Alembic runs to upgrade a ledger: in the transaction of its caller (`migration.py`), which commits all of it or
nothing."""

from alembic import context

if __name__ == "env_py":  # the name that Alembic gives it; importing it runs nothing
    context.configure(connection=context.config.attributes["connection"])
    context.run_migrations()
