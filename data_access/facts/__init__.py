"""Metrics and their names (metrics.yaml), the monthly facts behind them, public table, data dictionary."""
