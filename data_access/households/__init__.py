"""Households and persons on the register, the file of one, its history, its jobs, search."""
