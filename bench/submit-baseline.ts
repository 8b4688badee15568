/** The baseline of submit.ts: a minimal endpoint that answers when BullMQ has the job. `node submit-baseline.ts <redis port>`. */
import { Queue } from 'bullmq';
import fastify from 'fastify';

const queue = new Queue('tasks', { connection: { host: '127.0.0.1', port: Number(process.argv[2]) } });
const app = fastify();
const body = {
  type: 'object',
  required: ['model', 'prompt'],
  properties: {
    model: { type: 'string' },
    prompt: { type: 'string', maxLength: 2000 },
    size: { type: 'string' },
  },
} as const;
app.post('/v1/images/generations', { schema: { body } }, async (request, reply) => {
  if (request.headers.authorization !== 'Bearer null') return reply.code(401).send({ error: 'unauthorized' });
  const job = await queue.add('task', request.body, { jobId: String(request.headers['idempotency-key']) });
  return { id: job.id, status: 'pending' };
});
const url = await app.listen({ host: '127.0.0.1', port: 0 });
console.log(JSON.stringify({ url, key: null }));
