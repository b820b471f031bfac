"""The page 下发与回收: lists sent out by township, and what comes back."""
