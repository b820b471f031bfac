"""Checks and refreshes of a connected source are recorded."""

from alembic import op
from sqlalchemy import Boolean, Column, Date, DateTime, Integer, String, Text

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "connection_run",
        Column("record_id", Integer, primary_key=True, autoincrement=True, comment="序号 / number"),
        Column("command", String(200), nullable=False, comment="命令 / check or refresh"),
        Column("done", Boolean, nullable=False, comment="是否完成 / whether it was done"),
        Column("cut_off", Date, comment="数据截止日期 / cut-off"),
        Column("report", Text, nullable=False, comment="报告（JSON） / report"),
        Column("recorded_by", String(200), nullable=False, comment="登记人 / who recorded it"),
        Column("recorded_at", DateTime(timezone=True), nullable=False, comment="登记时间 / when it was recorded"),
        comment="一次源库检查或更新 / one check or refresh of a connected source",
    )
