CREATE TABLE "viewers" (
    "id" UUID NOT NULL,
    "tenant" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "viewers_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "viewers_tenant_subject_key" ON "viewers"("tenant", "subject");

CREATE TABLE "api_keys" (
    "id" UUID NOT NULL,
    "viewer_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "api_keys_viewer_id_fkey" FOREIGN KEY ("viewer_id") REFERENCES "viewers"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "api_keys_hash_key" ON "api_keys"("hash");
CREATE INDEX "api_keys_viewer_id_idx" ON "api_keys"("viewer_id");

-- By year, on the id itself: a UUIDv7 begins with its milliseconds, so a year is a range of ids and the key stays the id.
-- "conversations_rest" must stay empty; partitions are made ahead at every start.
CREATE TABLE "conversations" (
    "id" UUID NOT NULL,
    "viewer_id" UUID NOT NULL,
    "title" TEXT NOT NULL,
    "topic" TEXT,
    "system_prompt" TEXT,
    "leaf_id" UUID,
    "leaf_depth" INTEGER NOT NULL DEFAULT -1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "conversations_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "conversations_viewer_id_fkey" FOREIGN KEY ("viewer_id") REFERENCES "viewers"("id") ON DELETE CASCADE ON UPDATE CASCADE
) PARTITION BY RANGE ("id");
CREATE TABLE "conversations_rest" PARTITION OF "conversations" DEFAULT;
CREATE INDEX "conversations_viewer_id_id_idx" ON "conversations"("viewer_id", "id" DESC);

CREATE TABLE "messages" (
    "id" UUID NOT NULL,
    "conversation_id" UUID NOT NULL,
    "viewer_id" UUID NOT NULL,
    "parent_id" UUID,
    "depth" INTEGER NOT NULL,
    "active" BOOLEAN NOT NULL DEFAULT true,
    "role" TEXT NOT NULL,
    "content" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "intent" JSONB,
    "citations" JSONB NOT NULL DEFAULT '[]',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "messages_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "messages_conversation_id_fkey" FOREIGN KEY ("conversation_id") REFERENCES "conversations"("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "messages_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "messages"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "messages_conversation_id_parent_id_idx" ON "messages"("conversation_id", "parent_id");
CREATE INDEX "messages_parent_id_idx" ON "messages"("parent_id");
-- The active branch: one message a depth. Prisma's language knows no partial indexes.
CREATE UNIQUE INDEX "messages_branch_idx" ON "messages"("conversation_id", "depth") WHERE "active";

CREATE TABLE "generations" (
    "id" UUID NOT NULL,
    "viewer_id" UUID NOT NULL,
    "conversation_id" UUID NOT NULL,
    "user_message_id" UUID NOT NULL,
    "message_id" UUID NOT NULL,
    "status" TEXT NOT NULL,
    "epoch" INTEGER NOT NULL DEFAULT 1,
    "owner" TEXT NOT NULL,
    "lease_until" TIMESTAMPTZ(3) NOT NULL,
    "client_mutation_id" TEXT,
    "model" TEXT,
    "route" JSONB,
    "cache" JSONB,
    "input_tokens" INTEGER NOT NULL DEFAULT 0,
    "output_tokens" INTEGER NOT NULL DEFAULT 0,
    "cost_usd" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "stages" JSONB NOT NULL DEFAULT '[]',
    "features" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
    "error" JSONB,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "first_token_ms" INTEGER,
    "duration_ms" INTEGER,
    CONSTRAINT "generations_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "generations_conversation_id_fkey" FOREIGN KEY ("conversation_id") REFERENCES "conversations"("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "generations_user_message_id_fkey" FOREIGN KEY ("user_message_id") REFERENCES "messages"("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "generations_message_id_fkey" FOREIGN KEY ("message_id") REFERENCES "messages"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "generations_message_id_key" ON "generations"("message_id");
CREATE UNIQUE INDEX "generations_viewer_id_client_mutation_id_key" ON "generations"("viewer_id", "client_mutation_id");
CREATE INDEX "generations_viewer_id_started_at_idx" ON "generations"("viewer_id", "started_at");
CREATE INDEX "generations_conversation_id_idx" ON "generations"("conversation_id");
CREATE INDEX "generations_user_message_id_idx" ON "generations"("user_message_id");
-- What runs now, for recovery.
CREATE INDEX "generations_running_idx" ON "generations"("lease_until") WHERE "status" IN ('PENDING', 'STREAMING');

CREATE TABLE "evaluations" (
    "id" UUID NOT NULL,
    "viewer_id" UUID NOT NULL,
    "generation_id" UUID NOT NULL,
    "report" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "evaluations_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "evaluations_generation_id_fkey" FOREIGN KEY ("generation_id") REFERENCES "generations"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "evaluations_generation_id_key" ON "evaluations"("generation_id");
CREATE INDEX "evaluations_viewer_id_created_at_idx" ON "evaluations"("viewer_id", "created_at");

CREATE TABLE "feedback" (
    "message_id" UUID NOT NULL,
    "viewer_id" UUID NOT NULL,
    "rating" TEXT NOT NULL,
    "comment" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "feedback_pkey" PRIMARY KEY ("message_id"),
    CONSTRAINT "feedback_message_id_fkey" FOREIGN KEY ("message_id") REFERENCES "messages"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE TABLE "documents" (
    "id" UUID NOT NULL,
    "viewer_id" UUID NOT NULL,
    "tenant" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "media_type" TEXT NOT NULL,
    "kind" TEXT,
    "text" TEXT NOT NULL,
    "bytes" INTEGER NOT NULL,
    "shared" BOOLEAN NOT NULL DEFAULT false,
    "status" TEXT NOT NULL,
    "progress" REAL NOT NULL DEFAULT 0,
    "passage_count" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT,
    "client_mutation_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "indexed_at" TIMESTAMPTZ(3),
    CONSTRAINT "documents_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "documents_viewer_id_fkey" FOREIGN KEY ("viewer_id") REFERENCES "viewers"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "documents_viewer_id_client_mutation_id_key" ON "documents"("viewer_id", "client_mutation_id");
CREATE INDEX "documents_viewer_id_id_idx" ON "documents"("viewer_id", "id" DESC);
-- What a tenant shares, and what is still being ingested.
CREATE INDEX "documents_shared_idx" ON "documents"("tenant", "id" DESC) WHERE "shared";
CREATE INDEX "documents_unfinished_idx" ON "documents"("id") WHERE "status" NOT IN ('INDEXED', 'FAILED');

-- Additions and removals share one sequence; who takes numbers holds an advisory lock to the commit, so that numbers rise in
-- the order of commits and a follower misses none.
CREATE SEQUENCE "passage_sequence" AS BIGINT;

CREATE TABLE "passages" (
    "id" UUID NOT NULL,
    "document_id" UUID NOT NULL,
    "sequence" BIGINT NOT NULL,
    "start" INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    "text" TEXT NOT NULL,
    "heading" TEXT,
    CONSTRAINT "passages_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "passages_document_id_fkey" FOREIGN KEY ("document_id") REFERENCES "documents"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "passages_sequence_key" ON "passages"("sequence");
CREATE INDEX "passages_document_id_idx" ON "passages"("document_id");

CREATE TABLE "tombstones" (
    "sequence" BIGINT NOT NULL,
    "document_id" UUID NOT NULL,
    CONSTRAINT "tombstones_pkey" PRIMARY KEY ("sequence")
);

CREATE TABLE "feature_overrides" (
    "name" TEXT NOT NULL,
    "enabled" BOOLEAN,
    "rollout" DOUBLE PRECISION,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "feature_overrides_pkey" PRIMARY KEY ("name")
);

CREATE TABLE "audit" (
    "id" UUID NOT NULL,
    "viewer_id" UUID NOT NULL,
    "tenant" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "detail" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "audit_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "audit_tenant_created_at_idx" ON "audit"("tenant", "created_at");
