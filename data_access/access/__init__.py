"""Who may see and do what: roles, accounts, sessions, opening of names, purposes of files, the audit record."""
