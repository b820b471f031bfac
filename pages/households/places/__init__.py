"""The page 镇村: the same figures for district, township, village, group and grid."""
