/** Writes schema.sql anew after a migration was added: `node packages/gateway/src/store/sqlite/dump-schema.ts`. */
import { writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { dumpSchema, migrate } from './migrate.ts';

const db = new DatabaseSync(':memory:');
migrate(db, ':memory:');
writeFileSync(new URL('./schema.sql', import.meta.url), dumpSchema(db));
