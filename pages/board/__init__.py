"""Overview 总览, trends 趋势, dispatch 月度调度, projects 项目资产, worklist 名单, meeting 会议模式."""
