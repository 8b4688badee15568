/**
 * Where a decoding process starts; decoders.ts is the other end. Plain JavaScript, so that the compile cache is on before anything
 * is loaded.
 */
import { enableCompileCache } from 'node:module';

enableCompileCache();
const { default: decode } = await import('./decode.ts');

process.on('disconnect', () => process.exit(0));
process.on('message', async (job) => {
  try {
    process.send({ kind: 'done', result: await decode(job) });
  } catch (error) {
    const { message, code } = error instanceof Error ? error : new Error(String(error));
    process.send({ kind: 'failed', message, code: typeof code === 'string' ? code : null });
  }
});
process.send({ kind: 'ready' });
