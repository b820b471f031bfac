"""Accounts and sessions of department staff say which department. Those from before have none."""

from alembic import op
from sqlalchemy import Column, String

revision = "0007_departments"
down_revision = "0006"


def upgrade() -> None:
    """Add the columns, empty."""
    for table in ("account_event", "session_event"):
        op.add_column(table, Column("department", String(200), comment="部门代码 / department code"))
