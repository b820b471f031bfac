"""The seed of a draw is a hash that stood before and a number that nobody knew; anybody can put it together again."""

import hashlib
from datetime import date

import pytest

from data_access.database.engine import DataVersion
from data_access.errors import LedgerError
from data_access.inspection.seeds import EDITION, SeedBase, number_of, of_data, seed_of


def test_the_seed_is_the_hash_of_what_is_frozen_and_the_number_called_out() -> None:
    assert seed_of(SeedBase(EDITION, "D1", "ab12"), " 3，7 12-05 ") == "ab12+371205"
    base = of_data(DataVersion("x", 7, date(2022, 9, 30), is_sample=False))
    assert base.digest == hashlib.sha256(b"data 7 until 2022-09-30").hexdigest()


@pytest.mark.parametrize("called", ["", "  ", "七", "12a", "１２", "1" * 21, "-"])
def test_what_is_no_number_is_refused(called: str) -> None:
    with pytest.raises(LedgerError, match="draw_number_missing"):
        number_of(called)
