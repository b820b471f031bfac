"""How a file differs from the database: worked out before it is loaded, by township, with who corrects."""
