"""会议模式: the dispatch meeting on the wall, one figure at a time."""

from pages.components import meeting, view

meeting.show(view.current())
