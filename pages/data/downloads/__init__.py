"""The page 名单下载: a list of households selected by conditions, as a file."""
