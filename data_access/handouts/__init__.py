"""Lists sent out by township that come back filled in, and what follows from the answers."""
