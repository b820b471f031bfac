"""Red, yellow, undetermined: by month, as lists, explained; what people concluded; doubtful eliminations."""
