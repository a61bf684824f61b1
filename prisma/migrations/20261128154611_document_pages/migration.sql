-- AlterTable
ALTER TABLE "documents" ADD COLUMN     "pages" INTEGER[];
