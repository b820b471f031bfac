"""The columns of a monitoring case that say which steps were taken, when and by whom."""

from sqlalchemy import Boolean, Column, Date, Integer, String

from data_access.schema.declaration import column


def step_columns() -> tuple[Column, ...]:
    """The steps from the discovery to the elimination, in their order."""
    return (
        column("discovered_on", Date(), "①风险发现", "step 1, risk found", required=True),
        column("checked_on", Date(), "②入户核实", "step 2, household checked"),
        column("checked_by", String(), "入户核实人", "who checked", since=3),
        column("checked_by_2", String(), "入户核实人（第二人）", "second person who checked", since=3),
        column("authorised_on", Date(), "承诺授权签订日期", "authorisation signed on", since=3),
        column("compared_on", Date(), "③部门比对", "step 3, compared with departments"),
        column("reviewed_on", Date(), "④村评议", "step 4, village review", since=3),
        column("review_present", Integer(), "评议到会人数", "present at the review", since=3),
        column("review_for", Integer(), "评议同意人数", "for, at the review", since=3),
        column("review_against", Integer(), "评议不同意人数", "against, at the review", since=3),
        column("publicised_from", Date(), "公示开始日期", "publicity began on", since=3),
        column("publicised_on", Date(), "⑤村内公示（结束）", "step 5, publicity in the village ended"),
        column("publicity_objections", Integer(), "公示异议（件）", "objections during the publicity", since=3),
        column("township_reviewed_on", Date(), "⑥镇审核", "step 6, township review"),
        column("township_reviewed_by", String(), "镇审核人", "who reviewed at the township", since=3),
        column("approved_on", Date(), "⑦县审定", "step 7, county approval", since=3),
        column("approved_by", String(), "县审定人", "who approved", since=3),
        column("entered_on", Date(), "系统录入日期", "entered into the national system on", since=3),
        column("identified_on", Date(), "⑧系统录入（识别）", "step 8, entered = identified"),
        column("helped_on", Date(), "⑨精准帮扶", "step 9, first help measure"),
        column("helped_first", Boolean(), "先行救助", "helped before the procedure was over", since=3),
        column("elimination_checked_on", Date(), "消除复核", "elimination: household checked again", since=3),
        column("elimination_checked_by", String(), "消除复核人", "elimination: who checked", since=3),
        column("elimination_publicised_on", Date(), "消除评议公示", "elimination: review and publicity", since=3),
        column("elimination_reviewed_on", Date(), "消除镇审核", "elimination: township review", since=3),
        column("elimination_approved_on", Date(), "消除县审定", "elimination: county approval", since=3),
        column("eliminated_on", Date(), "⑩风险消除（标注）", "step 10, risk eliminated"),
    )
