-- Why the model stopped, and what it thought before it answered.
ALTER TABLE "messages" ADD COLUMN "reasoning" TEXT;
ALTER TABLE "generations" ADD COLUMN "finish_reason" TEXT;
