"""Reports from the field put into the household database, each exactly once."""
