"""The page 月度调度: the edition, weekly figures, ranking, five lists, documents."""
