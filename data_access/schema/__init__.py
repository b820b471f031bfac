"""The household database, declared once: tables, indicators, code lists, time limits (limits.yaml), what was
called otherwise when (renamed.yaml)."""
