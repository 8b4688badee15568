/**
 * The HTTP face of the gateway. Read this first.
 *
 * Every route is a row of one of the protocol's two tables, the clients' and the operator's; this file joins the rows to their
 * handlers. (`hooks.ts` is the door of the providers, which are told nothing.) Handlers throw, and `error-door.ts` alone answers for what
 * was thrown. `task-bytes.ts` is the only place that makes JSON of a task.
 */
import {
  type FileRouteId,
  OPERATOR_ROUTES,
  type OperatorRouteId,
  type OperatorRow,
  ROUTES,
  type RouteId,
  type RouteRow,
} from '@sluice/protocol';
import fastify, { type FastifyInstance, type RouteHandlerMethod } from 'fastify';
import { compileModel } from '../catalog/compile.ts';
import { authenticate } from './auth.ts';
import { readBodies } from './bodies.ts';
import { creditsHandlers } from './credits.ts';
import { decisionHandlers } from './decisions.ts';
import { DEFAULT_LIMITS, type HttpDeps } from './deps.ts';
import { docsHandlers } from './docs-pages.ts';
import { answerErrors, doorOptions } from './error-door.ts';
import { errorsHandlers } from './errors.ts';
import { eventsHandlers } from './events.ts';
import { serverWithLane } from './fast-lane.ts';
import { registerFiles } from './files.ts';
import { healthHandlers } from './health.ts';
import { HeldCalls } from './held-calls.ts';
import { registerHooks } from './hooks.ts';
import { LargeBodies } from './large-bodies.ts';
import { modelsHandlers } from './models.ts';
import { checkOperator, operatorHandlers } from './operator.ts';
import { preflightHandlers } from './preflight.ts';
import { requestIds } from './request-id.ts';
import { resultsHandlers } from './results.ts';
import { SchemaCode } from './schema-code.ts';
import { submitHandlers } from './submit.ts';
import { createTaskBytes } from './task-bytes.ts';
import { tasksHandlers } from './tasks.ts';
import { timeRequests } from './timing.ts';

export { DEFAULT_LIMITS, type HttpDeps, type HttpLimits } from './deps.ts';

/** The rows registered here; the files API stands in a scope of its own, in files.ts. */
type TableRouteId = Exclude<RouteId, FileRouteId>;
const TABLE: readonly (RouteRow & { id: TableRouteId })[] = ROUTES.filter((row) => row.group !== 'Files');

export function createApp(deps: HttpDeps): FastifyInstance {
  const limits = deps.limits ?? DEFAULT_LIMITS;
  const held = new HeldCalls();
  const bodies = new LargeBodies(limits.bodyBytes);
  const code = new SchemaCode();
  const bytes = createTaskBytes(deps, code);
  const nextId = requestIds(deps.randomId);

  const handlers: Readonly<Record<TableRouteId, RouteHandlerMethod>> = {
    ...submitHandlers(deps, bytes, held, bodies),
    ...preflightHandlers(deps),
    ...tasksHandlers(deps, bytes, held),
    ...eventsHandlers(deps, bytes, held, limits),
    ...resultsHandlers(deps),
    ...modelsHandlers(deps),
    ...creditsHandlers(deps),
    ...errorsHandlers(deps),
    ...healthHandlers(deps),
    ...docsHandlers(deps),
  };

  const app = fastify({
    bodyLimit: limits.bodyBytes,
    serverFactory: serverWithLane(deps, bytes, limits, nextId),
    routerOptions: { maxParamLength: 300 },
    requestIdHeader: false,
    genReqId: (request) => nextId(request.headers['x-request-id']),
    // Shutting down is told by `draining()`: work under way still gets its answers, in the contract's shape.
    return503OnClosing: false,
    ...doorOptions(deps),
  });
  for (const model of deps.catalog.values()) code.later(() => compileModel(model).validate({}));
  app.addHook('onListen', async () => code.makeRest());
  app.setValidatorCompiler(code.validatorCompiler);
  app.setSerializerCompiler(code.serializerCompiler);
  app.decorateRequest('apiKey', null);
  timeRequests(app, deps.metrics);
  app.addHook('preClose', async () => {
    code.forgetRest();
    held.endAll();
  });
  readBodies(app);
  answerErrors(app, deps);

  const checkKey = authenticate(deps);
  for (const row of TABLE) {
    app.route({
      method: row.method,
      url: pathOf(row),
      schema: {
        ...(row.query ? { querystring: row.query } : {}),
        // The body of a submit is the intake's to judge: only it knows the model.
        ...(row.body && row.group !== 'Submit' ? { body: row.body } : {}),
        // Tasks are bytes already when they get here, made by the same schemas in task-bytes.ts.
        ...(row.answer.schema && !sendsTasks(row) ? { response: { 200: row.answer.schema } } : {}),
      },
      config: { row: row.id },
      ...(row.auth === 'key' ? { onRequest: checkKey } : {}),
      ...(row.body ? { preParsing: bodies.waitForRoom } : {}),
      handler: handlers[row.id],
    });
  }

  const forOperator: Readonly<Record<OperatorRouteId, RouteHandlerMethod>> = {
    ...operatorHandlers(deps),
    ...decisionHandlers(deps),
  };
  const onlyOperator = checkOperator(deps);
  const operatorRows: readonly (OperatorRow & { id: OperatorRouteId })[] = OPERATOR_ROUTES;
  for (const row of operatorRows) {
    app.route({
      method: row.method,
      url: pathOf(row),
      schema: { ...(row.query ? { querystring: row.query } : {}), ...(row.body ? { body: row.body } : {}) },
      config: { row: row.id },
      onRequest: onlyOperator,
      handler: forOperator[row.id],
    });
  }
  registerFiles(app, deps);
  registerHooks(app, deps);
  return app;
}

/** `/v1/tasks/{id}` as Fastify writes it. */
function pathOf({ path }: Pick<RouteRow, 'path'>): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

function sendsTasks({ group, id }: RouteRow): boolean {
  return (group === 'Submit' && id !== 'preflight') || group === 'Tasks';
}
