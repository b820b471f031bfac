"""审计: who did what, what looks unusual, and whether the audit record is intact."""

from pages.about.audit import alerts, chain, choice, entries, sign_ins

chosen = choice.chosen()
chain.show()
chain.confirm()
alerts.show(choice.read_alerts(chosen))
sign_ins.show()
entries.show(choice.read(chosen))
