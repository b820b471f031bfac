"""What a metric means, in the reader's language."""

from data_access.facts.metrics import LedgerMetric, Metric
from pages.shell.texts import language, t


def definition(metric: Metric | LedgerMetric, *, gap: str = "\n\n") -> str:
    """How a metric is defined and, if the definition is still to be confirmed, a note saying so.

    Args:
        gap: the separator between the two.
    """
    note = f"{gap}{t('metric.to_confirm')}" if metric.to_confirm else ""
    return metric.defined(language()) + note
