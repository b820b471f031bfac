"""The page 电话抽查: who was called, and what they said."""
