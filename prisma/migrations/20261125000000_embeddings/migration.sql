-- CreateTable
CREATE TABLE "embeddings" (
    "model" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "vector" BYTEA NOT NULL,
    "used_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "embeddings_pkey" PRIMARY KEY ("model","hash")
);

-- CreateIndex
CREATE INDEX "embeddings_used_at_idx" ON "embeddings"("used_at");
