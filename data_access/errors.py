"""What can go wrong with data or rules, as errors that a page can put into the reader's language.

A problem carries the key of its sentence in the message catalogues (`problem.<key>`) and the details the sentence
names.
"""


class ProblemError(Exception):
    """Something a reader must be told: what, where, and what to do.

    `key` picks the sentence in the catalogues, `details` fill its names; `str()` gives both for logs.
    """

    def __init__(self, key: str, **details: str) -> None:
        self.key = key
        self.details = details
        super().__init__(f"{key}: " + ", ".join(f"{name}={value}" for name, value in details.items()))


class DatabaseProblemError(ProblemError):
    """The household database cannot be opened, reached or understood."""


class RuleBookProblemError(ProblemError):
    """A rule file is not usable; details name the file, the place in it and the remedy."""


class ScopeProblemError(ProblemError):
    """Somebody asked for rows or columns outside what they may see."""


class LedgerProblemError(ProblemError):
    """A record cannot be written to or read from the app's own ledger."""


class FileProblemError(ProblemError):
    """A file that somebody handed in cannot be read or does not belong here."""


class ExportProblemError(ProblemError):
    """A file that is to leave cannot be written, or its format cannot hold what there is."""


class RankingProblemError(ProblemError):
    """A ranking scheme is not usable, or would rank what must not be ranked; details name the entry."""


class DocumentProblemError(ProblemError):
    """A document cannot be made on this machine."""


class AccessProblemError(ProblemError):
    """Somebody cannot be signed in, or sign-in is not set up rightly."""
