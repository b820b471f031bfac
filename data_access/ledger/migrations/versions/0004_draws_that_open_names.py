"""Which draws may open names, and under which draw names were opened. Of draws made before nothing is known: they may
not."""

from alembic import op
from sqlalchemy import Boolean, Column, String

revision = "0004"
down_revision = "0003_sign_in"


def upgrade() -> None:
    """Add the columns, empty."""
    op.add_column(
        "draw",
        Column(
            "opens",
            Boolean(),
            comment="可据以解除脱敏 / may open names; empty: drawn before this was recorded, may not",
        ),
    )
    op.add_column(
        "unmasking", Column("draw_id", String(), comment="依据的抽样编号 / number of the draw that allowed it")
    )
