/** The process the conformance suite kills: writes to the store named by its argument until it dies. */
import { writeForever } from '../../conformance/crash.ts';
import { openSqliteStore } from '../store.ts';

const [path = '', idPrefix = ''] = process.argv.slice(2);
const store = await openSqliteStore({ path });
await writeForever(store, idPrefix, (line) => process.stdout.write(`${line}\n`));
