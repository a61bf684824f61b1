-- A list by last change reads its page alone.
CREATE INDEX "conversations_viewer_id_updated_at_id_idx" ON "conversations"("viewer_id", "updated_at" DESC, "id" DESC);

-- What each clientMutationId of createConversation made. Not in "conversations": a unique index there must hold the id, by which it is partitioned.
CREATE TABLE "conversation_requests" (
    "viewer_id" UUID NOT NULL,
    "client_mutation_id" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "conversation_id" UUID NOT NULL,
    CONSTRAINT "conversation_requests_pkey" PRIMARY KEY ("viewer_id", "client_mutation_id"),
    CONSTRAINT "conversation_requests_conversation_id_fkey" FOREIGN KEY ("conversation_id") REFERENCES "conversations"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "conversation_requests_conversation_id_idx" ON "conversation_requests"("conversation_id");

-- What a request asked for, so that the same clientMutationId with other content is found out; null for what is older.
ALTER TABLE "generations" ADD COLUMN "fingerprint" TEXT;
ALTER TABLE "documents" ADD COLUMN "fingerprint" TEXT;
