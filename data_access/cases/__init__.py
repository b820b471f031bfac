"""Monitoring cases: states and flows, the eight steps, needs and measures, visits due, may a risk be closed."""
