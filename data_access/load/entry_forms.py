"""回填表: the form in which a list leaves for entry into the national system, as declared in `entry_forms.yaml`."""

from functools import cache
from pathlib import Path
from typing import Self

import pandas as pd
from pydantic import Field, field_validator, model_validator

from data_access.declarations import Declared, Many, Status, Text, Words, each_of, only_of, read_declared
from data_access.facts.metrics import load_metrics
from data_access.load.kinds import load_kinds

_FILE = Path(__file__).with_name("entry_forms.yaml")


class EntryForm(Declared):
    """The form of one list: column of the list -> column of the contract whose heading the system uses."""

    columns: dict[Text, Text]
    months: Many[Text] = ()
    said: dict[Text, Text] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _has_headings(self) -> Self:
        each_of(tuple(self.columns.values()), tuple(_headings()), at=("columns",))
        each_of(self.months, tuple(self.columns), at=("months",))
        only_of(self.said, tuple(self.columns), at=("said",))
        return self

    @property
    def headings(self) -> dict[str, str]:
        """Column of the list -> its heading in the system, in order."""
        return {name: _headings()[of] for name, of in self.columns.items()}

    def filled(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Rows of the list as the system has them: the same households, months in place of days."""
        told = {name: rows[name] for name in self.columns if name in rows}
        months = {name: pd.to_datetime(rows[name]).dt.strftime("%Y%m") for name in self.months}
        return pd.DataFrame({**told, **months}, index=rows.index).assign(**self.said)


class EntryForms(Declared):
    """What `entry_forms.yaml` declares: the forms by the metric of their list."""

    status: Status
    reference: Words
    forms: dict[Text, EntryForm]
    reports: dict[Text, Text]
    """What was reported of households and persons: column -> heading."""

    @field_validator("forms")
    @classmethod
    def _are_lists(cls, forms: dict[str, EntryForm]) -> dict[str, EntryForm]:
        return only_of(forms, load_metrics())


@cache
def load_entry_forms(file: Path = _FILE) -> EntryForms:
    """The forms. Raises DeclarationError."""
    return read_declared(file, EntryForms)


@cache
def _headings() -> dict[str, str]:
    """Column of the contract -> the heading that the person sheet has for it."""
    return {one.key: one.title for one in reversed(load_kinds()["persons"].fields)}
