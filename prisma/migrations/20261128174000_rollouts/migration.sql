-- AlterTable
ALTER TABLE "feature_overrides" ADD COLUMN     "guard" TEXT;

-- CreateTable
CREATE TABLE "scoped_overrides" (
    "name" TEXT NOT NULL,
    "tenant" TEXT NOT NULL,
    "subject" TEXT NOT NULL DEFAULT '',
    "enabled" BOOLEAN,
    "rollout" DOUBLE PRECISION,
    "guard" TEXT,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "scoped_overrides_pkey" PRIMARY KEY ("name","tenant","subject")
);

-- CreateTable
CREATE TABLE "rollout_guards" (
    "rollout" TEXT NOT NULL,
    "state" JSONB,
    "owner" TEXT NOT NULL,
    "lease_until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "rollout_guards_pkey" PRIMARY KEY ("rollout")
);
