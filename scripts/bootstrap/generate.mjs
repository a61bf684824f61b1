/** npm run generate: Prisma's client in src/generated, from the schema. It is committed with the schema. */
import { generateClient } from './client.mjs';

generateClient();
