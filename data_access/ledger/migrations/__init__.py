"""The revisions of the ledger, oldest first in `versions/`: how its tables came to be what the subjects declare.

Whoever changes a table of records (`record_table`) adds a file `versions/000N_what_changed.py` with `revision`,
`down_revision` (the one before) and `upgrade()`, written with Alembic's `op`; a test compares both. Columns are added
and may be empty, tables are new: what was recorded is never rewritten, and there is no way back. What SQLite cannot
change in place is copied by `op.batch_alter_table`; `migration.py` protects the copy as it does every table of
records.
"""
