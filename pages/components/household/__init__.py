"""What the page of one household is put together from."""
