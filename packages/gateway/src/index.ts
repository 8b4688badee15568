export { createKey } from './api-keys.ts';
export { type Clock, systemClock } from './clock.ts';
export { type Config, type ConfigProblem, loadConfig } from './config/config.ts';
export { createGateway, type Gateway, type GatewayOptions } from './gateway.ts';
