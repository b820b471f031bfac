"""审计: who did what, what looks unusual, and whether the record holds."""

from pages.components.audit import alerts, chain, choice, entries

chosen = choice.chosen()
found = choice.read(chosen)
chain.show()
alerts.show(choice.read_days(chosen, found))
entries.show(found)
