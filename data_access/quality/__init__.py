"""Completeness, validation rules (疑点数据), outliers, progress of the collection, comparison with the contract."""
