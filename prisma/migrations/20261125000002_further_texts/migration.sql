-- CreateTable
CREATE TABLE "further_texts" (
    "document_id" UUID NOT NULL,
    "part" INTEGER NOT NULL,
    "text" TEXT NOT NULL,

    CONSTRAINT "further_texts_pkey" PRIMARY KEY ("document_id","part")
);

-- AddForeignKey
ALTER TABLE "further_texts" ADD CONSTRAINT "further_texts_document_id_fkey" FOREIGN KEY ("document_id") REFERENCES "documents"("id") ON DELETE CASCADE ON UPDATE CASCADE;
