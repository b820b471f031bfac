"""Draw 抽样与督查包, villages 督查现场, recheck 后台抽查, problems 问题与销号, telephone 电话抽查."""
