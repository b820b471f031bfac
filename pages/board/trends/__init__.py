"""The page 趋势: how monitoring developed, and what moved it."""
