"""The page 项目资产: projects and the assets they produced."""
