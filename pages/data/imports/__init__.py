"""The page 导入: a file is mapped, checked and loaded, or a load is undone."""
