"""电话抽查: who was called, who was reached, what they said; what is still to be called."""

from pages.components import view
from pages.components.telephone import answers, figures, places, results, sheets

now = view.current()
amounts = figures.all_amounts(now)
figures.coverage(amounts, now=now)
figures.reach(amounts, now=now)
answers.show(now)
places.show(amounts, now=now)
sheets.show(now)
results.show(now)
