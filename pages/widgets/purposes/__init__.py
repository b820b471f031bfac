"""Purposes beside a list: approving one, and choosing one for a file."""
