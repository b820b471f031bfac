"""Net incomes, and the line of their year."""
