"""What an answer to a row of a list says besides: amounts, votes, the second person who checked."""

from alembic import op
from sqlalchemy import Column, Text

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the column, empty."""
    op.add_column("handout_answer", Column("content", Text(), comment="其他内容（JSON） / what else it says"))
