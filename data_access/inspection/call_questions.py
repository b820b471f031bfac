"""What a caller asks, as declared in `call_questions.yaml`: in order, in words that can be read aloud."""

from functools import cache
from pathlib import Path

from pydantic import model_validator

from data_access.declarations import Declared, Many, Status, Text, Words, each_of, one_of, read_declared
from data_access.schema.indicators import load_codes

_FILE = Path(__file__).with_name("call_questions.yaml")


class CallQuestion(Declared):
    """A question: its short name, what is read aloud, and what can be answered."""

    codes: Text
    trouble: Many[Text] = ()
    """Answers that open a problem."""
    zh: Text
    en: Text
    ask: Words

    @model_validator(mode="after")
    def _has_answers(self) -> "CallQuestion":
        one_of(self.codes, load_codes())
        each_of(self.trouble, load_codes()[self.codes])
        return self

    @property
    def label(self) -> Words:
        """Its short name."""
        return Words(zh=self.zh, en=self.en)


class _Declaration(Declared):
    """What `call_questions.yaml` declares."""

    status: Status
    reference: Words
    questions: dict[str, CallQuestion]


@cache
def load_call_questions(file: Path = _FILE) -> dict[str, CallQuestion]:
    """Column of a call's result -> question, in order. Raises DeclarationError."""
    return read_declared(file, _Declaration).questions
