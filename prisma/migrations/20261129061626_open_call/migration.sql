-- The provider call that may be under way: counted by estimate where its replica dies.
ALTER TABLE "generations" ADD COLUMN "open_call" JSONB;
