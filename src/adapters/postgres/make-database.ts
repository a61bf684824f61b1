/** Makes an empty database in the folder that it is given: see `makeDatabase` in pglite.ts. */
import { PGlite } from '@electric-sql/pglite';

// An orphan would write into the folder that the next start makes anew.
process.once('disconnect', () => process.exit(1));
await (await PGlite.create(process.argv[2])).close();
process.exit(0);
