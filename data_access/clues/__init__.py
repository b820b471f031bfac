"""Clues: which are due or late, and how they compare with what was collected; departments."""
