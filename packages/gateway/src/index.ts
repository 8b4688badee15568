export { createKey } from './api-keys.ts';
export { type Clock, systemClock } from './clock.ts';
export { type Config, type ConfigProblem, loadConfig } from './config/config.ts';
export type { Gateway, GatewayOptions } from './gateway.ts';
export { createGateway } from './open-gateway.ts';
