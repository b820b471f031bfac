"""What attacks share: an empty ledger."""

from tests.data_access.conftest import database_kind as database_kind
from tests.data_access.conftest import ledger as ledger
