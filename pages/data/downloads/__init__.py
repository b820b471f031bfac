"""The page 名单下载: a list of households by chosen conditions, as a file."""
