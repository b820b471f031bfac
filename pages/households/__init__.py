"""Warnings 预警, clues 线索核查, cases 在办, places 镇村, employment 就业, income 收入, household 一户一档,
search 搜索."""
