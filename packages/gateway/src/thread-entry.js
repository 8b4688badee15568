/**
 * What every worker thread runs first. A thread does not inherit the compile cache: without this one it would strip the types of
 * each of its files at every start. Plain JavaScript for the same reason as the command's own entry.
 */
import { enableCompileCache, flushCompileCache } from 'node:module';

enableCompileCache();
await import(process.argv[2]);
// Threads are ended, not waited for; what they compiled for the first time is kept now.
flushCompileCache();
