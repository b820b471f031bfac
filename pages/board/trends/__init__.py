"""The page 趋势: how monitoring developed, and what drove it."""
