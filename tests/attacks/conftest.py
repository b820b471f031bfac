"""Databases, ledgers and pages as in the folders that test them."""

from tests.data_access.conftest import database_kind as database_kind
from tests.data_access.conftest import ledger as ledger
from tests.data_access.conftest import make_database as make_database
from tests.pages.conftest import components_looked_for_once as components_looked_for_once
from tests.pages.conftest import household_database as household_database
from tests.pages.conftest import open_app as open_app
