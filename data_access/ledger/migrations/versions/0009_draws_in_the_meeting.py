"""A draw knows what its seed was made of and why it was drawn again, and of a household what it was then."""

from alembic import op
from sqlalchemy import Column, String

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the columns, empty."""
    op.add_column(
        "draw",
        Column("seed_from", String(), comment="种子依据 / what the seed was made of: edition, data; empty: typed in"),
    )
    op.add_column(
        "draw", Column("seed_from_id", String(), comment="依据编号 / number of the edition, or version of the data")
    )
    op.add_column("draw", Column("called", String(200), comment="现场报号 / number called out"))
    op.add_column("draw", Column("reason", String(200), comment="再次抽样的原因 / why it was drawn again"))
    op.add_column(
        "drawn_unit",
        Column("status", String(), comment="抽样时的监测状态 / what the household was then; empty: not looked at"),
    )
