"""The page 抽样与督查包: the draw of the month, and the files an inspection group takes along."""
