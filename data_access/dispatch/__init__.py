"""Monthly editions and their corrections, ranking of townships and departments, weekly figures."""
