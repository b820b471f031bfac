"""The page 审计: who did what, what looks unusual, and whether the audit record is intact."""
