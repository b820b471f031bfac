"""Households and persons on the register, the file of one, its history, who holds a job on a day, search."""
