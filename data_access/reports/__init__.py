"""What the field reports: kinds, records, and what disagrees with the data."""
