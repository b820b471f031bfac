"""督查现场: each drawn village, its households, what the system says and what is found on site."""

from pages.inspection.villages import returned_forms
from pages.shell import view_state
from pages.widgets.draw import choice, error_rate, finding_form, village_households

view = view_state.current()
chosen = choice.choose_draw()
if chosen is not None:
    units = choice.units_of(chosen, view=view)
    error_rate.show(chosen, units=units, view=view)
    returned_forms.show(chosen, units=units, view=view)
    village = village_households.choose_village(units, view=view)
    if village is not None:
        unit = village_households.choose_unit(units, village=village, chosen=chosen, view=view)
        if unit is not None:
            finding_form.show(unit, chosen=chosen, view=view)
