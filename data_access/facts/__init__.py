"""Metrics (metrics.yaml), the monthly facts they are counted from, the public table, the data dictionary."""
