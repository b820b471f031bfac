"""The page 数据字典: tables, indicators, code lists and metrics."""
