"""The page 数据质量: completeness, collection, doubtful data, outliers, and their effect on lamps."""
