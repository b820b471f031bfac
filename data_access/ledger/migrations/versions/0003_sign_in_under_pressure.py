"""Tries to sign in are numbered, and say where they came from; the second factor of local accounts."""

from alembic import op
from sqlalchemy import Column, Integer, String

revision = "0003_sign_in"
down_revision = "0002_keyed_chain"


def upgrade() -> None:
    """Add columns to the records of accounts; those there are stay empty in them."""
    for column in (
        Column("address", String(200), comment="来源地址 / address that a try came from"),
        Column("browser_hash", String(), comment="浏览器哈希 / hash of what the browser was given"),
        Column("turn", Integer(), comment="尝试序号 / number of a try"),
        Column("answers", Integer(), comment="所答尝试的序号 / number of the try that was right"),
        Column("factor", String(), comment="加密的第二因素 / secret of the second factor, encrypted"),
        Column("step", Integer(), comment="动态码时间步 / step of time whose code was used"),
    ):
        op.add_column("account_event", column)
    op.create_index("ix_account_event_address", "account_event", ["address"])
    op.create_index("ix_account_event_turn", "account_event", ["turn"], unique=True)
    op.create_index("ix_account_event_user_id_step", "account_event", ["user_id", "step"], unique=True)
