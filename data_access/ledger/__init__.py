"""The board's own records, which nobody can change; the audit chain; migrations of its tables."""
