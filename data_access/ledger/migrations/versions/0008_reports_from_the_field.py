"""Reports from the field are recorded, and what people decide where one disagrees with the data. A row of a handout
knows the thing that it is about, and an answer its day and its words."""

from alembic import op
from sqlalchemy import Column, Date, DateTime, Integer, String, Text

revision = "0008"
down_revision = "0007_departments"


def upgrade() -> None:
    """Add the tables, and the columns, empty."""
    op.create_table(
        "field_report",
        Column("record_id", Integer, primary_key=True, autoincrement=True, comment="序号 / number"),
        Column("report_no", String(), nullable=False, unique=True, comment="上报编号 / number of the report"),
        Column("kind", String(), nullable=False, comment="种类 / kind"),
        Column("household_id", String(), nullable=False, index=True, comment="户编号 / household number"),
        Column("village_code", String(), nullable=False, comment="所在村代码 / village code"),
        Column("thing", String(), nullable=False, comment="事项编号 / number of the thing"),
        Column("happened_on", Date(), nullable=False, comment="日期 / day"),
        Column("content", Text(), nullable=False, comment="内容（JSON） / what it says"),
        Column("words", String(200), comment="说明 / in words"),
        Column("reported_by", String(200), nullable=False, comment="上报人 / who reports it"),
        Column("origin", String(), nullable=False, comment="来自 / where it was written: page, form, call sheet"),
        Column("takes_back", String(), comment="撤回的上报编号 / number of the report that it takes back"),
        Column("recorded_by", String(200), nullable=False, comment="登记人 / who recorded it"),
        Column("recorded_at", DateTime(timezone=True), nullable=False, comment="登记时间 / when it was recorded"),
        comment="一条基层上报 / one report from the field",
    )
    op.create_table(
        "report_review",
        Column("record_id", Integer, primary_key=True, autoincrement=True, comment="序号 / number"),
        Column("report_no", String(), nullable=False, index=True, comment="上报编号 / number of the report"),
        Column("village_code", String(), nullable=False, comment="所在村代码 / village code"),
        Column("state", String(), nullable=False, comment="状态 / state"),
        Column("why", String(), comment="原因 / why"),
        Column("held", Text(), comment="数据中的值（JSON） / what the data held"),
        Column("recorded_by", String(200), nullable=False, comment="登记人 / who recorded it"),
        Column("recorded_at", DateTime(timezone=True), nullable=False, comment="登记时间 / when it was recorded"),
        comment="对一条上报的核对 / one look at a report that disagrees with the data",
    )
    op.add_column("handout_row", Column("thing", String(), comment="事项编号 / number of the thing"))
    op.add_column("handout_answer", Column("checked_on", Date(), comment="核查日期 / checked on"))
    op.add_column("handout_answer", Column("words", String(200), comment="说明 / in words"))
