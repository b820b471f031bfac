"""The household database, declared once: every table, every column, with Chinese and English comments.

The app reads these tables and never writes them. A missing value is NULL and means *not collected*: never zero, never
safe. A database needs the tables that are `needed`; of any table that it has, the key and the `required` columns. All
else may be missing from it, and is not collected.
Every table below `household` carries `household_id` first in its primary key, as a distributed database requires.
Money is whole yuan. Intervals are half open: a row holds from its first day up to, not including, its last (`valid_to`,
`left_on`, `ended_on`, `closed_on`); NULL there means *still*. Code columns name their list in `codes.yaml`
(`info["codes"]`).
"""

import sys
from collections.abc import Iterator

from sqlalchemy import Boolean, Column, Date, DateTime, Float, Integer, String

from data_access.declarations import DeclarationError
from data_access.schema.case_columns import step_columns
from data_access.schema.declaration import INDICATOR_TYPES, column, household_key, table
from data_access.schema.declaration import metadata as metadata
from data_access.schema.indicators import load_indicators


def _declared_indicators() -> Iterator[Column]:
    """The columns of indicators. Where `indicators.yaml` or `codes.yaml` cannot be used the process ends, and says why:
    without them no part of the program can be loaded."""
    try:
        indicators = load_indicators()
    except DeclarationError as error:
        print(error, file=sys.stderr, flush=True)
        sys.exit(2)
    for indicator in indicators:
        if indicator.table == "household_indicator":
            for part in indicator.columns:
                yield column(part.name, INDICATOR_TYPES[part.type], part.zh, part.en, codes=part.codes)


region = table(
    "region",
    "一个县区、镇（街道）或村（社区）",
    "one county, township or village",
    column("code", String(), "区划代码", "region code", key=True),
    column("parent_code", String(), "上级代码", "code of the region above"),
    column("level", String(), "级别", "level", required=True, codes="region_level"),
    column("name_zh", String(), "中文名称", "Chinese name", required=True),
    column("name_en", String(), "英文名称", "English name"),
    column("lon", Float(), "经度", "longitude"),
    column("lat", Float(), "纬度", "latitude"),
    column("approximate", Boolean(), "坐标为估计", "coordinates are an estimate"),
    column("rural_26", Boolean(), "是否涉农镇（街道）", "whether a rural township"),
    needed=True,
)

grid = table(
    "grid",
    "村内一个网格",
    "one grid of a village",
    column("code", String(), "网格编号", "grid code", key=True),
    column("village_code", String(), "所在村代码", "village code", required=True),
    column("worker", String(), "网格员", "grid worker"),
)

department = table(
    "department",
    "一个部门",
    "one department",
    column("code", String(), "部门代码", "department code", key=True),
    column("name_zh", String(), "中文名称", "Chinese name", required=True),
    column("name_en", String(), "英文名称", "English name", required=True),
)

helper = table(
    "helper",
    "一名帮扶责任人",
    "one helper",
    column("helper_id", String(), "帮扶责任人编号", "helper number", key=True),
    column("name", String(), "姓名", "name"),
    column("department", String(), "所在部门", "department"),
    column("township_code", String(), "所在镇代码", "township code"),
    column("phone", String(), "联系电话", "telephone"),
)

resettlement_site = table(
    "resettlement_site",
    "一个易地搬迁安置点",
    "one resettlement site",
    column("site_id", String(), "安置点编号", "site number", key=True),
    column("name_zh", String(), "名称", "name"),
    column("village_code", String(), "所在村代码", "village code"),
    column("households", Integer(), "安置户数", "households settled"),
)

household = table(
    "household",
    "一户",
    "one household",
    household_key(),
    column("village_code", String(), "所在村代码", "village code", required=True),
    column("group_no", Integer(), "村民小组", "villagers' group"),
    column("grid_code", String(), "网格编号", "grid code"),
    column("head_name", String(), "户主姓名", "name of the head"),
    column("head_id_no", String(), "户主证件号码", "ID number of the head"),
    column("phone", String(), "户联系电话", "telephone"),
    column("household_type", String(), "户类型", "household type", codes="household_type"),
    column("relocated", Boolean(), "是否易地搬迁户", "relocated"),
    column("resettlement_site_id", String(), "安置点编号", "resettlement site"),
    column("helper_id", String(), "帮扶责任人编号", "helper"),
    column("registered_on", Date(), "建档日期", "registered on", required=True),
    column("closed_on", Date(), "销户日期", "closed on"),
    column("closed_reason", String(), "销户原因", "reason for closing", codes="household_closed_reason"),
    needed=True,
)

member = table(
    "member",
    "一名家庭成员",
    "one person",
    household_key(),
    column("member_id", String(), "人编号", "person number", key=True),
    column("name", String(), "姓名", "name"),
    column("relation", String(), "与户主关系", "relation to the head", codes="relation"),
    column("gender", String(), "性别", "gender", codes="gender"),
    column("birth_date", Date(), "出生日期", "date of birth"),
    column("id_no", String(), "证件号码", "ID number"),
    column("education", String(), "文化程度", "education", codes="education"),
    column("school_stage", String(), "在校生状况", "school stage", codes="school_stage"),
    column("health", String(), "健康状况", "health", codes="health"),
    column("disability_grade", Integer(), "残疾等级（1至4，0为无残疾）", "disability grade (1 to 4; 0 for none)"),
    column("labour", String(), "劳动技能", "labour", codes="labour"),
    column("wants_work", Boolean(), "是否有就业意愿", "wants to work"),
    column("no_work_reason", String(), "未就业原因", "reason for not working", codes="no_work_reason"),
    column("insurance", String(), "基本医保", "basic medical insurance", codes="insurance"),
    column("relief", String(), "社会救助", "social relief", codes="relief"),
    column("insured_until", Date(), "基本医保到期日期", "insured until", since=3),
    column("relief_until", Date(), "社会救助到期（复核）日期", "relief granted until", since=3),
    column("joined_on", Date(), "成为家庭成员日期", "joined on", required=True),
    column("join_reason", String(), "增加原因", "reason for joining", codes="join_reason"),
    column("left_on", Date(), "减少日期", "left on"),
    column("leave_reason", String(), "减少原因", "reason for leaving", codes="leave_reason"),
)

household_indicator = table(
    "household_indicator",
    "一户的指标在一段时间内的取值",
    "one household's indicators over one interval",
    household_key(),
    column("valid_from", Date(), "生效日期", "holds from", key=True),
    column("valid_to", Date(), "失效日期", "holds until (not included)"),
    column("source", String(), "来源", "source", codes="indicator_source"),
    column("income_period_end", Date(), "收入核算期末", "end of the assessment year of the income"),
    column("income_persons", Integer(), "核算人口", "persons the income is divided by"),
    column("last_net_income", Integer(), "上一核算年度家庭纯收入", "net income of the assessment year before"),
    column("last_income_persons", Integer(), "上一核算年度核算人口", "persons of the assessment year before"),
    *_declared_indicators(),
)

income_record = table(
    "income_record",
    "一户在一个核算期（季度）的收入",
    "one household's income over one period (a quarter)",
    household_key(),
    column("period_start", Date(), "期初", "first day", key=True),
    column("period_end", Date(), "期末", "last day (included)", required=True),
    column("persons", Integer(), "核算人口", "persons"),
    column("wage_income", Integer(), "工资性收入", "wage income"),
    column("wage_public_post", Integer(), "其中：公益性岗位", "of it: public-welfare posts"),
    column("business_income", Integer(), "生产经营性收入", "business income"),
    column("business_crops", Integer(), "其中：种植、林果", "of it: crops and orchards"),
    column("business_livestock", Integer(), "其中：养殖", "of it: livestock"),
    column("property_income", Integer(), "财产性收入", "property income"),
    column("property_dividend", Integer(), "其中：资产收益分红", "of it: asset dividends"),
    column("transfer_income", Integer(), "转移性收入", "transfer income"),
    column("transfer_relief", Integer(), "其中：低保、特困供养", "of it: social relief"),
    column("transfer_pension", Integer(), "其中：养老金", "of it: pensions"),
    column("business_cost", Integer(), "生产经营性支出", "business costs"),
    column("insurance_claims", Integer(), "理赔收入", "insurance claims received"),
    column("compliant_self_pay", Integer(), "合规自付支出", "medical self-payment within the rules"),
)

monitoring_case = table(
    "monitoring_case",
    "一户被监测一次",
    "one time a household is watched",
    household_key(),
    column("case_id", String(), "监测编号", "case number", key=True),
    column("follows_case_id", String(), "回退自", "the case that was rolled back into this one"),
    column("category", String(), "监测对象类别", "category", required=True, codes="monitor_category"),
    *(
        column(f"cause_{n}", String(), f"致贫返贫风险{n}", f"cause {n}", codes="cause", required=n == 1)
        for n in range(1, 6)
    ),
    column("channel", String(), "发现渠道", "channel of discovery", codes="discovery_channel"),
    *step_columns(),
    column("elimination_way", String(), "消除方式", "way of elimination", codes="elimination_way"),
    column("rolled_back_on", Date(), "回退日期", "rolled back on"),
    column("rejected_on", Date(), "不予纳入日期", "rejected on"),
    column("rejected_step", String(), "不予纳入环节", "rejected at step", codes="case_step", since=3),
    column("reject_reason", String(), "不予纳入原因", "reason for rejection", codes="reject_reason"),
    column("ended_on", Date(), "自然减少日期", "ended on"),
    column("outcome", String(), "状态", "outcome", required=True, codes="outcome"),
    column("persons", Integer(), "监测人口", "persons (frozen at elimination)", required=True),
)

need = table(
    "need",
    "一项需求",
    "one need of a case",
    household_key(),
    column("need_id", String(), "需求编号", "need number", key=True),
    column("case_id", String(), "监测编号", "case number", required=True),
    column("kind", String(), "类别", "kind", codes="measure_kind"),
    column("department", String(), "责任部门", "department"),
    column("raised_on", Date(), "提出日期", "raised on"),
    column("due_on", Date(), "期限", "due on"),
    column("met_on", Date(), "满足日期", "met on"),
)

measure = table(
    "measure",
    "一项帮扶措施（任务）",
    "one help measure of a case",
    household_key(),
    column("measure_id", String(), "措施编号", "measure number", key=True),
    column("case_id", String(), "监测编号", "case number", required=True),
    column("need_id", String(), "需求编号", "need number"),
    column("kind", String(), "类别", "kind", codes="measure_kind"),
    column("department", String(), "责任部门", "department"),
    column("due_on", Date(), "期限", "due on"),
    column("started_on", Date(), "开始日期", "started on"),
    column("begun", Boolean(), "已开始（日期不详）", "begun on an unknown day", since=2),
    column("done_on", Date(), "完成日期", "done on"),
    column("ends_on", Date(), "到期日期", "ends on (a contract, a loan)", since=3),
    column("amount", Integer(), "金额（元）", "amount (yuan)"),
)

visit = table(
    "visit",
    "一次走访",
    "one visit",
    household_key(),
    column("visited_on", Date(), "走访日期", "visited on", key=True),
    column("helper_id", String(), "帮扶责任人编号", "helper"),
    column("kind", String(), "方式", "kind", codes="visit_kind"),
    column("result", String(), "结果", "result", codes="visit_result"),
)

screening = table(
    "screening",
    "一户在一轮排查中的结果",
    "one screening of a household in a round",
    household_key(),
    column("round", String(), "排查轮次", "round", key=True),
    column("screened_on", Date(), "排查日期", "screened on", required=True),
    column("result", String(), "结果", "result", codes="screening_result"),
)

clue = table(
    "clue",
    "一条已匹配到户的风险线索",
    "one warning matched to a household",
    household_key(),
    column("clue_id", String(), "线索编号", "clue number", key=True),
    column("way", String(), "来源方式", "way it came", codes="clue_way"),
    column("department", String(), "推送部门", "department"),
    column("kind", String(), "类别", "kind", codes="clue_kind"),
    column("amount", Integer(), "金额（元）", "amount (yuan)"),
    column("received_on", Date(), "接收日期", "received on", required=True),
    column("due_on", Date(), "核查期限", "to be checked by"),
    column("checked_on", Date(), "核查日期", "checked on"),
    column("result", String(), "核查结果", "result", codes="clue_result"),
    column("reason", String(), "不纳入原因", "reason", codes="reject_reason"),
    column("case_id", String(), "监测编号", "case number"),
)

clue_unmatched = table(
    "clue_unmatched",
    "一条尚未匹配到户的风险线索",
    "one warning without a household yet",
    column("clue_id", String(), "线索编号", "clue number", key=True),
    column("department", String(), "推送部门", "department"),
    column("kind", String(), "类别", "kind", codes="clue_kind"),
    column("village_code", String(), "所在村代码", "village code"),
    column("received_on", Date(), "接收日期", "received on", required=True),
)

employment = table(
    "employment",
    "一人在一段时间内的一份工作",
    "one person's job over one interval",
    household_key(),
    column("member_id", String(), "人编号", "person number", key=True),
    column("started_on", Date(), "开始日期", "started on", key=True),
    column("ended_on", Date(), "结束日期", "ended on"),
    column("place", String(), "务工区域", "place", codes="work_place"),
    column("channel", String(), "就业渠道", "channel", codes="work_channel"),
    column("post_kind", String(), "公益性岗位类型", "kind of public-welfare post", codes="post_kind"),
    column("industry", String(), "行业", "industry", codes="industry"),
    column("workplace_id", String(), "社区工厂（车间）编号", "workplace"),
    column("monthly_wage", Integer(), "月收入（元）", "monthly wage (yuan)"),
)

workplace = table(
    "workplace",
    "一家社区工厂或车间",
    "one community factory or workshop",
    column("workplace_id", String(), "编号", "number", key=True),
    column("name_zh", String(), "名称", "name"),
    column("kind", String(), "类型", "kind", required=True, codes="workplace_kind"),
    column("village_code", String(), "所在村代码", "village code", required=True),
    column("industry", String(), "行业", "industry", codes="industry"),
    column("jobs", Integer(), "岗位数", "jobs offered"),
    column("opened_on", Date(), "开业日期", "opened on", required=True),
    column("closed_on", Date(), "关停日期", "closed on"),
)

phone_check = table(
    "phone_check",
    "一次电话抽查",
    "one telephone check",
    household_key(),
    column("called_on", Date(), "拨打日期", "called on", key=True),
    column("outcome", String(), "接通情况", "outcome", codes="call_outcome"),
    column("income_change", String(), "收入变化", "income change", codes="income_change"),
    column("housing_problem", Boolean(), "住房有无问题", "housing problem"),
    column("water_problem", Boolean(), "饮水有无问题", "water problem"),
    column("knows_helper", Boolean(), "是否知晓帮扶人", "knows the helper"),
    column("satisfaction", String(), "满意度", "satisfaction", codes="satisfaction"),
    column("complaint", String(), "诉求", "complaint", codes="complaint"),
)

project = table(
    "project",
    "一个项目",
    "one project",
    column("project_id", String(), "项目编号", "project number", key=True),
    column("name_zh", String(), "项目名称", "name"),
    column("village_code", String(), "所在村代码", "village code", required=True),
    column("kind", String(), "类别", "kind", codes="project_kind"),
    column("fund", String(), "资金来源", "fund", codes="fund"),
    column("budget", Integer(), "预算（元）", "budget (yuan)"),
    column("spent", Integer(), "已支出（元）", "spent (yuan)"),
    column("progress", Integer(), "进度（%）", "progress (%)"),
    column("started_on", Date(), "开工日期", "started on"),
    column("finished_on", Date(), "完工日期", "finished on"),
)

asset = table(
    "asset",
    "一张资产卡片",
    "one asset card",
    column("asset_id", String(), "资产编号", "asset number", key=True),
    column("name_zh", String(), "资产名称", "name"),
    column("project_id", String(), "项目编号", "project number"),
    column("village_code", String(), "所在村代码", "village code", required=True),
    column("class", String(), "资产类别", "class", codes="asset_class"),
    column("value", Integer(), "原值（元）", "value (yuan)"),
    column("owner", String(), "权属", "owner", codes="asset_owner"),
    column("annual_income", Integer(), "年收益（元）", "yearly income (yuan)"),
    column("distributed", Integer(), "已分配（元）", "distributed (yuan)"),
)

target = table(
    "target",
    "一项目标或基数",
    "one target or base figure",
    column("metric", String(), "指标", "metric", key=True),
    column("region_code", String(), "区划代码", "region code", key=True),
    column("year", Integer(), "年度", "year", key=True),
    column("last_year", Integer(), "上年数", "figure of the year before"),
    column("target", Integer(), "目标数", "target"),
    column("source", String(), "来源", "source"),
)

data_load = table(
    "data_load",
    "一次数据载入",
    "one load",
    column("load_id", Integer(), "批次号", "load number", key=True),
    column("source", String(), "来源", "source", required=True),
    column("table_name", String(), "表", "table"),
    column("rows", Integer(), "行数", "rows"),
    column("sha256", String(), "SHA-256", "SHA-256"),
    column("cut_off", Date(), "数据截止日期", "cut-off date", required=True),
    column("is_sample", Boolean(), "是否演示数据", "sample data", required=True),
    column("loaded_at", DateTime(), "载入时间", "loaded at", required=True),
    column("kind", String(), "文件种类", "kind of file", since=2),
    column("as_of", Date(), "文件所述日期", "day that the file speaks of", since=2),
    needed=True,
)
