"""Rulebook 规则, dictionary 数据字典, audit 审计."""
