"""电话抽查: who was called, who was reached, what they said; what is still to be called."""

from pages.inspection.telephone import answers, figures, places, results, sheets
from pages.shell import view_state

now = view_state.current()
amounts = figures.all_amounts(now)
figures.coverage(amounts, now=now)
figures.reach(amounts, now=now)
answers.show(now)
places.show(amounts, now=now)
sheets.show(now)
results.show(now)
