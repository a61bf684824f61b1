-- Files and texts of documents are not compressed: that took three quarters of the time in which the embedded database, which is
-- one session, is held by a large document. Files mostly are compressed, and soon go. Rows that are there stay as they are.
ALTER TABLE "uploads" ALTER COLUMN "bytes" SET STORAGE EXTERNAL;
ALTER TABLE "documents" ALTER COLUMN "text" SET STORAGE EXTERNAL;
ALTER TABLE "further_texts" ALTER COLUMN "text" SET STORAGE EXTERNAL;
