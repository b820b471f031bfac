"""A draw on several pages: choosing one, its households, what is found, the error rate."""
