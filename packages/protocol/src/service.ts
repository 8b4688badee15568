/** Result links and health: what is left beside tasks, models and errors. */
import Type from 'typebox';
import { oneOf } from './schema.ts';

export const ResultParams = Type.Object({ taskId: Type.String(), fileName: Type.String() });

export const ResultQuery = Type.Object({
  e: Type.Optional(Type.String({ description: 'When the link expires, unix seconds. Part of the link.' })),
  s: Type.Optional(Type.String({ description: 'The signature. Part of the link.' })),
  download: Type.Optional(Type.String({ description: '`1`: answer as an attachment.' })),
});

export const HealthSchema = Type.Object({ status: oneOf(['ok']) });
