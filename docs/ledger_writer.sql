-- The user that the board writes its ledger as: it reads and adds records, and owns nothing, so that it can neither lift
-- what guards them nor change a table. Run by the owner of the tables, in the ledger's database, after
-- `python -m data_access.upgrade` as that owner; run again after every upgrade of the ledger.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'ledger_writer') THEN
    CREATE ROLE ledger_writer LOGIN;
  END IF;
END
$$;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO ledger_writer;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM ledger_writer;
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO ledger_writer;
REVOKE INSERT ON alembic_version FROM ledger_writer;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ledger_writer;
-- Tables that a later upgrade makes.
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT ON TABLES TO ledger_writer;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO ledger_writer;
