"""The page 开始使用: what a board needs, step by step, from no data to the first figures."""
