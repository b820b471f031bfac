"""Imports every subject, so that all code lists, tables of the ledger, facts and lists are known whichever command is
started: each subject registers its own on import."""

from pathlib import Path

from data_access import projects as projects
from data_access.access import accounts as accounts
from data_access.access import purposes as purposes
from data_access.access import sessions as sessions
from data_access.access import unmasking as unmasking
from data_access.connect import runs as runs
from data_access.declared_files import check_declarations
from data_access.dispatch import editions as editions
from data_access.facts import store as store
from data_access.handouts import handouts as handouts
from data_access.inspection import calls as calls
from data_access.inspection import draws as draws
from data_access.inspection import findings as findings
from data_access.inspection import problems as problems
from data_access.ledger import file_passwords as file_passwords
from data_access.ledger import filter_templates as filter_templates
from data_access.lists import lists as lists
from data_access.lists import selection as selection
from data_access.load import maps as maps
from data_access.quality import completeness as completeness
from data_access.quality import validation_rules as validation_rules
from data_access.reports import records as records
from data_access.risk.rulebook import RULES_FOLDER, load_rulebook
from data_access.warnings import dispositions as dispositions


def read_declarations(*, rules_folder: Path = RULES_FOLDER) -> None:
    """Read what a server cannot do without: it does not start with a broken file. Raises DeclarationError."""
    load_rulebook(rules_folder)
    check_declarations()
