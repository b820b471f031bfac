"""What the employment page is put together from."""
