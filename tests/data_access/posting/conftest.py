"""Databases that reports are put into are those that files are loaded into."""

from tests.data_access.load.conftest import make_target as make_target
from tests.data_access.load.conftest import write_csv as write_csv
