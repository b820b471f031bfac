"""Monitoring cases: states and flows, their steps, needs and measures, visits due, may a risk be closed."""
