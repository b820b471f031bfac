"""The page 督查现场: the drawn villages, and the findings made there."""
