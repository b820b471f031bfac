"""The page 一户一档: one household, why it has its lamp, and what happened to it."""
