-- CreateTable
CREATE TABLE "summaries" (
    "message_id" UUID NOT NULL,
    "conversation_id" UUID NOT NULL,
    "viewer_id" UUID NOT NULL,
    "depth" INTEGER NOT NULL,
    "content" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "summaries_pkey" PRIMARY KEY ("message_id")
);

-- CreateIndex
CREATE INDEX "summaries_conversation_id_depth_idx" ON "summaries"("conversation_id", "depth");

-- AddForeignKey
ALTER TABLE "summaries" ADD CONSTRAINT "summaries_message_id_fkey" FOREIGN KEY ("message_id") REFERENCES "messages"("id") ON DELETE CASCADE ON UPDATE CASCADE;
