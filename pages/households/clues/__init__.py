"""The page 线索核查: waiting clues, self-reports, needs and tasks, visits due, help that does not fit."""
