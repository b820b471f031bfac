"""How a column is counted from the persons of a household."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field as PydanticField
from pydantic import field_validator, model_validator

from data_access.declarations import Declared, Many, Text, refuse
from data_access.load.columns import column_of


class DayOfYear(Declared):
    """A day of every year."""

    month: Annotated[int, PydanticField(ge=1, le=12)]
    day: Annotated[int, PydanticField(ge=1, le=31)]

    def last_by(self, day: date) -> date:
        """Its latest occurrence that is not after a day."""
        this_year = date(day.year, self.month, self.day)
        return this_year if this_year <= day else this_year.replace(year=day.year - 1)


class Counted(Declared):
    """How a column is counted from the rows of a household: all of them, or those of some age with one of some
    codes."""

    rows: Literal[True] | None = None
    of: str | None = None
    among: Many[Text] = ()
    but_for: dict[str, Many[Text]] = PydanticField(default_factory=dict)
    """Column -> codes of persons who are not counted."""
    from_age: Annotated[int, PydanticField(ge=0)] | None = None
    below_age: Annotated[int, PydanticField(ge=0)] | None = None
    age_on: DayOfYear | None = None
    """The day on which ages are reached: the last one by the day of the file, or that day itself."""

    @field_validator("of")
    @classmethod
    def _is_a_column(cls, name: str | None) -> str | None:
        return name if name is None else column_of(name)

    @field_validator("but_for")
    @classmethod
    def _are_columns(cls, codes: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        return {column_of(name, at=(name,)): values for name, values in codes.items()}

    @property
    def by_age(self) -> bool:
        """Whether ages matter."""
        return self.from_age is not None or self.below_age is not None

    @model_validator(mode="after")
    def _counts_one_way(self) -> Self:
        if self.rows and (self.of or self.among):
            raise refuse("extra_forbidden", at=("of" if self.of else "among",))
        if not self.rows:
            for name, said, other in (("of", self.of, self.among or not self.by_age), ("among", self.among, self.of)):
                if not said and other:
                    raise refuse("missing", at=(name,))
        return self
