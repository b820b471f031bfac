"""The board's own records, which nobody can change; the audit chain, its key, heads noted elsewhere; migrations."""
