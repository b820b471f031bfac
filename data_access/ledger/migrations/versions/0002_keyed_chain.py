"""Entries of the audit record are signed, and say what records were written with them; values can be erased."""

from alembic import op
from sqlalchemy import Column, DateTime, Integer, String, Text

revision = "0002_keyed_chain"
down_revision = "0001"


def upgrade() -> None:
    """Two columns of the audit record, and a table."""
    op.add_column(
        "audit_entry", Column("records", Text(), comment="同时写入的记录（JSON） / the records written with it (JSON)")
    )
    op.add_column(
        "audit_entry", Column("key_id", String(), comment="密钥编号；空为无密钥 / key of the hash; empty: none")
    )
    op.create_table(
        "erased_value",
        Column("record_id", Integer(), primary_key=True, autoincrement=True, comment="序号 / number"),
        Column("table_name", String(), nullable=False, comment="表 / table"),
        Column("row_number", Integer(), nullable=False, comment="记录序号 / number of the record"),
        Column("column_name", String(), nullable=False, comment="列 / column"),
        Column("remains", Text(), comment="留下的内容 / what stands in its place"),
        Column("key_id", String(), nullable=False, comment="密钥编号 / key of the digest"),
        Column("digest", String(), nullable=False, comment="删除内容的摘要 / digest of what was erased"),
        Column("recorded_by", String(200), nullable=False, comment="登记人 / who recorded it"),
        Column("recorded_at", DateTime(timezone=True), nullable=False, comment="登记时间 / when it was recorded"),
        comment="一个按期限删除的内容 / a value that was erased at the end of its time",
    )
