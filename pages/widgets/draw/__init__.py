"""A draw on several pages: choosing one, its households, the findings, the error rate."""
