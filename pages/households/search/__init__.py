"""The page 搜索: households and places by number, name or last digits."""
