/** Makes an empty database in the folder that it is given: see `makeDatabase` in pglite.ts. */
import { PGlite } from '@electric-sql/pglite';

// Without its parent it would write into the folder that the next start creates.
process.once('disconnect', () => process.exit(1));
await (await PGlite.create(process.argv[2])).close();
process.exit(0);
