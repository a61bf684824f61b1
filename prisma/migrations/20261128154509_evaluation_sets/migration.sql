-- CreateTable
CREATE TABLE "evaluation_sets" (
    "id" UUID NOT NULL,
    "viewer_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "cases" JSONB NOT NULL,
    "size" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "evaluation_sets_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "evaluation_runs" (
    "id" UUID NOT NULL,
    "set_id" UUID NOT NULL,
    "status" TEXT NOT NULL,
    "judge" TEXT NOT NULL DEFAULT '',
    "tolerance" DOUBLE PRECISION NOT NULL,
    "total" INTEGER NOT NULL,
    "done" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT,
    "owner" TEXT,
    "lease_until" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "evaluation_runs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "case_results" (
    "run_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "response" TEXT NOT NULL,
    "report" JSONB NOT NULL,
    "generation_id" UUID,

    CONSTRAINT "case_results_pkey" PRIMARY KEY ("run_id","number")
);

-- CreateIndex
CREATE UNIQUE INDEX "evaluation_sets_viewer_id_fingerprint_key" ON "evaluation_sets"("viewer_id", "fingerprint");

-- CreateIndex
CREATE INDEX "evaluation_runs_set_id_id_idx" ON "evaluation_runs"("set_id", "id" DESC);

-- AddForeignKey
ALTER TABLE "evaluation_sets" ADD CONSTRAINT "evaluation_sets_viewer_id_fkey" FOREIGN KEY ("viewer_id") REFERENCES "viewers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "evaluation_runs" ADD CONSTRAINT "evaluation_runs_set_id_fkey" FOREIGN KEY ("set_id") REFERENCES "evaluation_sets"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "case_results" ADD CONSTRAINT "case_results_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "evaluation_runs"("id") ON DELETE CASCADE ON UPDATE CASCADE;
