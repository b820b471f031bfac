"""For which place, day and number of rows a purpose was approved. Of purposes approved before nothing is known: they
open no file."""

from alembic import op
from sqlalchemy import Boolean, Column, Date, Integer, String

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the columns, empty."""
    for column in (
        Column(
            "place", String(), comment="地区代码 / region code of the list; empty: not recorded then, opens no file"
        ),
        Column("day", Date(), comment="名单的日期 / day of the list"),
        Column("each_month", Boolean(), comment="其后各月同样有效 / holds for the months after it too"),
        Column("approved_rows", Integer(), comment="批准时的行数 / rows when it was approved"),
    ):
        op.add_column("purpose", column)
