"""Passwords of files that went out are kept, encrypted."""

from alembic import op
from sqlalchemy import Column, DateTime, Integer, String

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "file_password",
        Column("record_id", Integer(), primary_key=True, autoincrement=True, comment="序号 / number"),
        Column("about", String(200), nullable=False, index=True, comment="下发、抽样编号 / handout, draw"),
        Column("sealed", String(), nullable=False, comment="密文 / encrypted password"),
        Column("recorded_by", String(200), nullable=False, comment="登记人 / who recorded it"),
        Column("recorded_at", DateTime(timezone=True), nullable=False, comment="登记时间 / when it was recorded"),
        comment="发出文件的一个口令（加密保存） / a password of files that went out, encrypted",
    )
