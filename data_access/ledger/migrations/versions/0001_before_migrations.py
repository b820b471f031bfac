"""The ledger as it was when migrations were introduced. An older ledger has these tables, or those of the subjects that
had written records: they stay as they are."""

from alembic import op
from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    inspect,
)

from data_access.ledger.migration_error import MigrationError

revision = "0001"
down_revision = None

_metadata = MetaData()


def upgrade() -> None:
    """Create the missing tables. Raises MigrationError when one exists with other columns."""
    connection = op.get_bind()
    present = inspect(connection).get_multi_columns()
    for (_, name), columns in present.items():
        declared = _metadata.tables.get(name)
        missing = set() if declared is None else set(declared.c.keys()) - {str(column["name"]) for column in columns}
        if missing:
            raise MigrationError("ledger_unknown", table=name, columns=", ".join(sorted(missing)))
    _metadata.create_all(connection)


def _records(name: str, comment: str, *columns: Column) -> None:
    Table(
        name,
        _metadata,
        Column("record_id", Integer(), primary_key=True, autoincrement=True, comment="序号 / number"),
        *columns,
        Column("recorded_by", String(200), nullable=False, comment="登记人 / who recorded it"),
        Column("recorded_at", DateTime(timezone=True), nullable=False, comment="登记时间 / when it was recorded"),
        comment=comment,
    )


_records(
    "account_event",
    "一个本地账号的一次变化 / one thing that happened to a local account",
    Column("user_id", String(200), nullable=False, index=True, comment="账号 / account"),
    Column("what", String(), nullable=False, comment="变化 / what happened"),
    Column("label", String(200), comment="姓名 / name"),
    Column("role", String(200), comment="角色 / role"),
    Column("places", String(), comment="地区代码 / region codes"),
    Column("password_hash", String(), comment="口令哈希 / hash of the password"),
    Column("must_change", Boolean(), comment="须改口令 / password must be changed"),
)
_records(
    "audit_entry",
    "一条审计记录 / one entry of the audit record",
    Column("event", String(), nullable=False, index=True, comment="事件 / event"),
    Column("place", String(), comment="地区代码 / region code"),
    Column("household_id", String(), index=True, comment="户编号 / household number"),
    Column("detail", Text(), nullable=False, comment="详情 / what more there is to say (JSON)"),
    Column("previous_hash", String(), nullable=False, unique=True, comment="上一条的哈希 / hash of the entry before"),
    Column("hash", String(), nullable=False, comment="哈希 / hash"),
)
_records(
    "call_result",
    "一次电话抽查的结果 / the result of one call",
    Column("household_id", String(), nullable=False, index=True, comment="户编号 / household number"),
    Column("township_code", String(), nullable=False, comment="所在镇代码 / township code"),
    Column("village_code", String(), nullable=False, comment="所在村代码 / village code"),
    Column("called_on", Date(), nullable=False, comment="拨打日期 / called on"),
    Column("outcome", String(), nullable=False, comment="接通情况 / outcome"),
    Column("income_change", String(), comment="收入变化 / income change"),
    Column("satisfaction", String(), comment="满意度 / satisfaction"),
    Column("complaint", String(), comment="诉求 / complaint"),
    Column("note", String(200), comment="说明 / note"),
    Column("caller", String(200), nullable=False, comment="拨打人 / caller"),
)
_records(
    "disposition",
    "一条核查结论 / one conclusion about a household",
    Column("household_id", String(), nullable=False, index=True, comment="户编号 / household number"),
    Column("village_code", String(), nullable=False, comment="所在村代码 / village code"),
    Column("conclusion", String(), nullable=False, comment="核查结论 / conclusion"),
    Column("reason", String(), comment="不纳入原因 / reason for not including"),
    Column("note", String(200), comment="说明 / note"),
    Column("until", Date(), comment="关注至 / holds until (included)"),
    Column("lamp", String(), nullable=False, comment="核查时预警等级 / lamp at the time"),
    Column("fingerprint", String(), nullable=False, comment="核查时触发规则的输入 / inputs of the rules that fired"),
)
_records(
    "draw",
    "一次抽样 / one draw",
    Column("draw_id", String(), nullable=False, unique=True, comment="抽样编号 / number of the draw"),
    Column("kind", String(), nullable=False, comment="种类 / kind"),
    Column("month", String(), nullable=False, comment="月份 / month"),
    Column("seed", String(200), nullable=False, comment="种子 / seed"),
    Column("algorithm", String(), nullable=False, comment="算法版本 / version of the algorithm"),
    Column("frame_hash", String(), nullable=False, comment="抽样框哈希 / hash of the frame"),
    Column("frame_rows", Integer(), nullable=False, comment="抽样框单位数 / units of the frame"),
    Column("settings", Text(), nullable=False, comment="抽样设置 / settings (JSON)"),
    Column("data_version", String(), nullable=False, comment="数据版本 / version of the data"),
)
_records(
    "drawn_unit",
    "抽中或替补的一个单位 / one unit that was drawn, or stands in reserve",
    Column("draw_id", String(), nullable=False, index=True, comment="抽样编号 / number of the draw"),
    Column("kind", String(), nullable=False, comment="单位种类 / kind of unit"),
    Column("code", String(), nullable=False, comment="单位编号 / number of the unit"),
    Column("township_code", String(), nullable=False, comment="所在镇代码 / township code"),
    Column("village_code", String(), nullable=False, comment="所在村代码 / village code"),
    Column("stratum", String(), nullable=False, comment="层 / stratum"),
    Column("position", Integer(), nullable=False, comment="层内顺序 / place in the order of the stratum"),
    Column("replacement", Boolean(), nullable=False, comment="是否替补 / stands in reserve"),
    Column("group_no", Integer(), comment="督查组 / inspection group"),
    Column("probability", Float(), nullable=False, comment="入样概率 / chance of being drawn"),
)
_records(
    "edition",
    "一期定稿 / one edition",
    Column("edition_id", String(), nullable=False, unique=True, comment="定稿编号 / number of the edition"),
    Column("name", String(200), nullable=False, comment="名称 / name"),
    Column("county", String(), nullable=False, comment="县区代码 / code of the county"),
    Column("day", Date(), nullable=False, comment="截止日期 / cut-off day"),
    Column("load_id", Integer(), nullable=False, comment="数据版本 / version of the data"),
    Column("rule_version", String(), nullable=False, comment="规则版本 / version of the rules"),
    Column("rules_hash", String(), nullable=False, comment="规则哈希 / hash of the rules"),
    Column(
        "content", Text(), nullable=False, comment="指标和在册未消除户（JSON） / figures and open households (JSON)"
    ),
    Column("sha256", String(), nullable=False, comment="内容 SHA-256 / SHA-256 of the content"),
)
_records(
    "edition_facts",
    "一期定稿的月度数据 / the monthly facts of one edition",
    Column("edition_id", String(), nullable=False, unique=True, comment="定稿编号 / number of the edition"),
    Column("county", String(), nullable=False, comment="县区代码 / code of the county"),
    Column("facts", LargeBinary(), nullable=False, comment="月度数据 / monthly facts (Parquet)"),
)
_records(
    "filter_template",
    "一个保存的筛选模板 / one saved filter",
    Column("name", String(200), nullable=False, index=True, comment="名称 / name"),
    Column("link", Text(), nullable=False, comment="筛选条件 / filter, as its link says it"),
    Column("removed", Boolean(), nullable=False, comment="是否已删除 / removed"),
)
_records(
    "finding",
    "一项核查结果 / one comparison on the spot",
    Column("finding_id", String(), nullable=False, unique=True, comment="核查编号 / number of the finding"),
    Column("draw_id", String(), nullable=False, index=True, comment="抽样编号 / number of the draw"),
    Column("kind", String(), nullable=False, comment="单位种类 / kind of unit"),
    Column("code", String(), nullable=False, comment="单位编号 / number of the unit"),
    Column("township_code", String(), nullable=False, comment="所在镇代码 / township code"),
    Column("village_code", String(), nullable=False, comment="所在村代码 / village code"),
    Column("question", String(), nullable=False, comment="核查事项 / question"),
    Column("problem_class", String(), nullable=False, comment="类别 / class"),
    Column("system_value", String(), comment="系统值 / value in the system then"),
    Column("found_value", String(200), comment="核查值 / value on the spot"),
    Column("agrees", Boolean(), nullable=False, comment="是否一致 / whether they agree"),
    Column("note", String(200), comment="说明 / note"),
    Column("found_on", Date(), nullable=False, comment="核查日期 / checked on"),
)
_records(
    "handout",
    "一次下发的名单 / one list that was sent out",
    Column("handout_id", String(), nullable=False, unique=True, comment="下发编号 / number of the handout"),
    Column("metric", String(), nullable=False, comment="名单 / list"),
    Column("filters", Text(), nullable=False, comment="筛选条件 / filters of the list"),
    Column("place", String(), nullable=False, comment="地区 / place"),
    Column("day", Date(), nullable=False, comment="名单截止日期 / day the list speaks of"),
    Column("level", String(), nullable=False, comment="拆分到 / split by"),
    Column("due_on", Date(), nullable=False, comment="回收期限 / to be returned by"),
    Column("row_count", Integer(), nullable=False, comment="行数 / rows"),
)
_records(
    "handout_answer",
    "对一行的一次回复 / one answer to one row",
    Column("handout_id", String(), nullable=False, index=True, comment="下发编号 / number of the handout"),
    Column("number", Integer(), nullable=False, comment="序号 / number in the whole list"),
    Column("household_id", String(), nullable=False, comment="户编号 / household number"),
    Column("village_code", String(), nullable=False, comment="所在村代码 / village code"),
    Column("verdict", String(), nullable=False, comment="核实情况 / verdict"),
    Column("reason", String(200), comment="不符原因 / why it is not so"),
    Column("settle_by", Date(), comment="整改时限 / to be settled by"),
    Column("checked_by", String(200), nullable=False, comment="核实人 / who checked"),
    Column("phone", String(200), comment="电话 / telephone"),
    Column("file_sha256", String(), nullable=False, comment="回收文件 / file it came in"),
)
_records(
    "handout_row",
    "下发名单中的一行 / one row of a list that was sent out",
    Column("handout_id", String(), nullable=False, index=True, comment="下发编号 / number of the handout"),
    Column("number", Integer(), nullable=False, comment="序号 / number in the whole list"),
    Column("part", String(), nullable=False, comment="拆分地区 / township or village of the part"),
    Column("household_id", String(), nullable=False, comment="户编号 / household number"),
    Column("township_code", String(), nullable=False, comment="所在镇代码 / township code"),
    Column("village_code", String(), nullable=False, comment="所在村代码 / village code"),
)
_records(
    "heading_map",
    "一个人工对应的表头 / one heading mapped by hand",
    Column("kind", String(200), nullable=False, index=True, comment="文件类型 / kind of file"),
    Column("heading", String(200), nullable=False, comment="表头 / heading"),
    Column("field", String(200), nullable=False, comment="对应的列，空为忽略 / column; empty: ignored"),
)
_records(
    "problem",
    "一个问题 / one problem, as it was found",
    Column("problem_id", String(), nullable=False, unique=True, comment="问题编号 / problem number"),
    Column("township_code", String(), nullable=False, comment="所在镇代码 / township code"),
    Column("village_code", String(), comment="所在村代码 / village code"),
    Column("household_id", String(), index=True, comment="户编号 / household number"),
    Column("project_id", String(), comment="项目编号 / project number"),
    Column("source", String(), nullable=False, comment="来源 / where it was found"),
    Column("source_id", String(), comment="来源编号 / number there"),
    Column("problem_class", String(), nullable=False, comment="类别 / class"),
    Column("description", String(1000), nullable=False, comment="问题描述 / description"),
    Column("found_on", Date(), nullable=False, comment="发现日期 / found on"),
)
_records(
    "problem_step",
    "问题的一步处理 / one step in the life of a problem",
    Column("problem_id", String(), nullable=False, index=True, comment="问题编号 / problem number"),
    Column("township_code", String(), nullable=False, comment="所在镇代码 / township code"),
    Column("step", String(), nullable=False, comment="步骤 / step"),
    Column("done_on", Date(), nullable=False, comment="日期 / day"),
    Column("department", String(), comment="责任部门 / department"),
    Column("owner", String(1000), comment="责任人 / owner"),
    Column("due_on", Date(), comment="整改时限 / due on"),
    Column("measures", String(1000), comment="整改措施 / measures"),
    Column("evidence", String(1000), comment="佐证 / evidence"),
)
_records(
    "purpose",
    "一次用途的批准或撤销 / a purpose approved or taken back",
    Column("purpose_id", String(), nullable=False, index=True, comment="用途编号 / number of the purpose"),
    Column("name", String(200), nullable=False, comment="名称 / name"),
    Column("reason", String(200), nullable=False, comment="理由 / reason"),
    Column("subject", String(), nullable=False, comment="名单 / list"),
    Column("conditions", Text(), nullable=False, comment="筛选条件 / conditions that the list keeps"),
    Column("columns", Text(), nullable=False, comment="文件的列 / columns of its files"),
    Column("until", Date(), nullable=False, comment="最后有效日 / last day it holds"),
    Column("withdrawn", Boolean(), nullable=False, comment="是否已撤销 / taken back"),
)
_records(
    "purpose_use",
    "按用途生成的一个文件 / a file built under a purpose",
    Column("purpose_id", String(), nullable=False, index=True, comment="用途编号 / number of the purpose"),
    Column("file", Text(), nullable=False, comment="文件名 / name of the file"),
    Column("row_count", Integer(), nullable=False, comment="行数 / rows"),
    Column("sha256", String(), nullable=False, comment="内容哈希 / hash of its rows"),
)
_records(
    "replacement",
    "一次替换 / one unit that was replaced",
    Column("draw_id", String(), nullable=False, index=True, comment="抽样编号 / number of the draw"),
    Column("code", String(), nullable=False, comment="被替换单位 / unit that was replaced"),
    Column("replaced_by", String(), nullable=False, comment="替补单位 / unit that takes its place"),
    Column("township_code", String(), nullable=False, comment="所在镇代码 / township code"),
    Column("reason", String(200), nullable=False, comment="原因 / reason"),
)
_records(
    "session_event",
    "一次登录会话的一次变化 / one thing that happened to a session",
    Column("session_hash", String(), nullable=False, index=True, comment="会话哈希 / hash of the session"),
    Column("what", String(), nullable=False, comment="变化 / what happened"),
    Column("user_id", String(200), comment="账号 / account"),
    Column("label", String(200), comment="姓名 / name"),
    Column("role", String(200), comment="角色 / role"),
    Column("places", String(), comment="地区代码 / region codes"),
)
_records(
    "unmasking",
    "一次脱敏解除 / names opened for a while",
    Column("user_id", String(200), nullable=False, index=True, comment="账号 / account"),
    Column("village_code", String(), nullable=False, comment="所在村代码 / village code"),
    Column("household_id", String(), comment="户编号；空为全村 / household number; empty: the whole village"),
    Column("reason", String(200), nullable=False, comment="理由 / reason"),
    Column("until", DateTime(timezone=True), nullable=False, comment="到期 / until"),
)
