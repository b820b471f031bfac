"""督查现场: the drawn villages one by one, their households, what the system says and what is found there."""

from pages.components import view
from pages.components.draw import choice
from pages.components.villages import entry, filled, rate, stops

now = view.current()
chosen = choice.choose_draw()
if chosen is not None:
    units = choice.units_of(chosen, now=now)
    rate.show(chosen, units=units, now=now)
    filled.show(chosen, units=units, now=now)
    village = stops.choose_village(units, now=now)
    if village is not None:
        unit = stops.choose_unit(units, village=village, chosen=chosen, now=now)
        if unit is not None:
            entry.show(unit, chosen=chosen, now=now)
