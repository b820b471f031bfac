"""The revisions of the ledger, oldest first in `versions/`: how its tables became what the subjects declare.

A change to a table of records (`record_table`) needs a file `versions/000N_what_changed.py` with `revision`,
`down_revision` (the one before) and `upgrade()`, written with Alembic's `op`; a test compares both. A revision may only
add columns, which may be empty, and new tables: what was recorded is never rewritten, and there is no downgrade. What
SQLite cannot change in place is copied by `op.batch_alter_table`; `migration.py` protects the copy like every table of
records.
"""
