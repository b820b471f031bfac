"""The page 督查现场: the drawn villages, and what is found there."""
