"""The page 会议模式: one large figure at a time, for the wall."""
