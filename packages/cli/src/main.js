#!/usr/bin/env node
/**
 * Where the `sluice` command starts; what it does is in program.ts. Node strips the types of some 300 files at each start; with
 * its compile cache on before the first of them is loaded, it does so once for each version of a file. This file is plain
 * JavaScript for the same reason: a TypeScript entry would load the stripper for itself alone.
 */
import { enableCompileCache } from 'node:module';

enableCompileCache();
await import('./program.ts');
