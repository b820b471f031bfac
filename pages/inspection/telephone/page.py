"""电话抽查: who was called, who was reached, what they said; who is still to be called."""

from pages.inspection.telephone import answers, figures, places, results, sheets
from pages.shell import view_state

view = view_state.current()
amounts = figures.all_amounts(view)
figures.coverage(amounts, view=view)
figures.reach(amounts, view=view)
figures.asked(amounts, view=view)
answers.show(view)
places.show(amounts, view=view)
sheets.show(view)
results.show(view)
