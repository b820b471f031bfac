"""The page 收入: what households live on, and who is below the line."""
