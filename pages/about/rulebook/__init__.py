"""The page 规则: the rules in force, with values, dates and sources."""
