"""`connect check`: the source is read by its mapping into a household database that is thrown away again, which is then
looked at as the board would."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL

from data_access.connect.fetching import Progress
from data_access.connect.mapping import SourceMapping
from data_access.connect.refresh import assemble, write
from data_access.connect.tables import Assembled
from data_access.database.engine import HouseholdDatabase, open_engine
from data_access.facts.metrics import MetricTable
from data_access.facts.store import FactsStore
from data_access.files.temporary import temporary_folder
from data_access.quality.external import Judgement, judge
from data_access.risk.rule import Rule
from data_access.risk.rulebook import RuleBook, load_rulebook
from data_access.schema.tables import household_indicator
from data_access.scope import Scope
from data_access.warnings.rule_counts import read_rule_counts

SHOWN = ("households", "persons", "open_households", "red_households", "undetermined_households", "off_farm_workers")
"""What the overview would say, in this order."""


@dataclass(frozen=True)
class Checked:
    """What a source would make of the board."""

    assembled: Assembled
    judged: Judgement
    figures: dict[str, int]
    """Metric -> its figure of the district in the newest month; what is not collected is left out, and all where no
    county is among the regions."""
    rules: RuleBook
    """The rules, as far as their sources are connected."""
    silent: list[tuple[Rule, int]]
    """The rules that could not be assessed in undetermined households, and in how many; the most first."""

    def lacks(self, rule: Rule) -> list[str]:
        """The indicators that a rule needs and that not every household has now."""
        rows = self.assembled.tables.get(household_indicator.name)
        needed = [name for name in rule.columns if name in household_indicator.c]
        if rows is None:
            return needed
        now = rows[rows["valid_to"].isna()]
        return [name for name in needed if name not in now or now[name].isna().any()]


def check(source: URL, mapping: SourceMapping, *, progress: Progress = lambda _done, _what: None) -> Checked:
    """Read a source and look at what the board would show. Raises ConnectError, LoadError, DatabaseError."""
    assembled = assemble(source, mapping, progress=progress)
    with temporary_folder("connect-") as folder:
        target = URL.create("duckdb", database=str(Path(folder, "household")))
        write(
            assembled.tables.items(),
            cut_off=assembled.cut_off,
            target=target,
            name="check",
            mapping=mapping,
            create=True,
            accept_loss=True,
        )
        database = HouseholdDatabase(target)
        try:
            engine = open_engine(target)
            with engine.connect() as connection:
                judged = judge(connection, on=assembled.cut_off)
            engine.dispose()
            store = FactsStore(database)
            facts = store.current().facts
            table = MetricTable(facts.within(Scope.district()))
            month = f"{facts.months.cut_off:%Y-%m}"
            place = facts.regions.county
            kept = (name for name in SHOWN if table.collects(name) and table.reaches(name, month=month))
            figures = {} if place is None else {name: table.count(name, place=place, month=month) for name in kept}
            rules = load_rulebook().here(facts.version.coverage)
            with store.snapshot() as snapshot:
                counts = read_rule_counts(snapshot, scope=Scope.district(), on=assembled.cut_off)
            households = dict(zip(counts["rule"], map(int, counts["silent"]), strict=True))
            silent = [(rule, households[rule.id]) for rule in rules.rules if households.get(rule.id)]
        finally:
            database.dispose()
    silent.sort(key=lambda one: -one[1])
    return Checked(assembled=assembled, judged=judged, figures=figures, rules=rules, silent=silent)
