export * from './codes.ts';
export * from './evidence.ts';
export * from './task-error.ts';
export * from './verdict.ts';
