"""The rules (rules/*.yaml, bands, income lines), and the score and lamp as one SQL expression."""
