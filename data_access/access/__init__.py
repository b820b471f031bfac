"""Who may see and do what: roles, people, sessions, unmasking, and the record of all that."""
