"""The page 线索核查: clues that wait, self-reports, needs and tasks, visits due, help that does not fit."""
