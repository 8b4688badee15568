export * from './emulator.ts';
export { createFal } from './fal.ts';
export { createReplicate } from './replicate.ts';
