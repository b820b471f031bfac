"""The page 数据质量: completeness, collection, doubtful data, outliers, their effect on lamps."""
