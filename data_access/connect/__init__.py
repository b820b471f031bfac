"""A database of another shape: its mapping, drafted, checked, read into ours as one load; rights for it."""
