-- A user who can read the household database and nothing else. Run by the owner of the tables; may be run again.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'household_reader') THEN
    CREATE ROLE household_reader LOGIN;
  END IF;
END
$$;
ALTER ROLE household_reader SET default_transaction_read_only = on;
GRANT USAGE ON SCHEMA public TO household_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO household_reader;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO household_reader;
