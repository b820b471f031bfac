"""The list behind every number, lists by chosen conditions, groups and grids of a village."""
