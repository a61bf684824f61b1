-- Until when its replica judges an answer; then another does.
ALTER TABLE "generations" ADD COLUMN "judge_by" TIMESTAMPTZ(3);
-- What waits for its evaluation: little, and mostly nothing.
CREATE INDEX "generations_unjudged_idx" ON "generations"("judge_by") WHERE "judge_by" IS NOT NULL;
