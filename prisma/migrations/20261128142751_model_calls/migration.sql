-- CreateTable
CREATE TABLE "model_calls" (
    "id" UUID NOT NULL,
    "viewer_id" UUID NOT NULL,
    "model" TEXT NOT NULL,
    "input_tokens" INTEGER NOT NULL,
    "output_tokens" INTEGER NOT NULL,
    "cost_usd" DOUBLE PRECISION NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "model_calls_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "model_calls_viewer_id_created_at_idx" ON "model_calls"("viewer_id", "created_at");

-- AddForeignKey
ALTER TABLE "model_calls" ADD CONSTRAINT "model_calls_viewer_id_fkey" FOREIGN KEY ("viewer_id") REFERENCES "viewers"("id") ON DELETE CASCADE ON UPDATE CASCADE;
