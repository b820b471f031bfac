"""会议模式: the dispatch meeting on the wall, one figure at a time."""

from pages.board.meeting import slides
from pages.shell import view_state

slides.show(view_state.current())
