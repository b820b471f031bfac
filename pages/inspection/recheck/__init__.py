"""The page 后台抽查: a sample of the collected records, checked again. Its address is `records`."""
