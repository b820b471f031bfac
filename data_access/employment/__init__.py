"""Figures of work: by place and wage, households with nobody in work, community factories, targets."""
