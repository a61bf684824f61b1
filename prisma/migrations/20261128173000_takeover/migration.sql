-- What another replica needs to go on with a turn whose replica died.
ALTER TABLE "generations" ADD COLUMN "asked" JSONB;
