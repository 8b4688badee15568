/**
 * Hosted detectors: services that look at a text or a picture for a fee. Read this first, then one of the services.
 *
 *   subject -> fit-picture.ts (a small JPEG without metadata) -> the service's request -> its answer -> findings
 *
 * What leaves the house: the text, or the smaller picture; never a name, an account or where the picture came from. Nothing is
 * kept here. Whatever cannot be asked or read is `failed` with a reason for the operator, made of a status and the service's
 * own error code, never of its sentences, which may quote what was sent. The policy's `on_error` decides what happens then.
 */
import type { Clock } from '../../clock.ts';
import type { Detector } from '../detector.ts';
import type { HostedCaller } from './ask.ts';
import { type AzureSettings, createAzureContentSafety } from './azure.ts';
import { createGoogleVision, type GoogleVisionSettings } from './google-vision.ts';
import { createOpenaiModeration, type OpenaiModerationSettings } from './openai.ts';
import { createRekognition, type RekognitionSettings } from './rekognition.ts';

export type HostedSettings =
  | ({ readonly service: 'openai' } & OpenaiModerationSettings)
  | ({ readonly service: 'rekognition' } & RekognitionSettings)
  | ({ readonly service: 'google-vision' } & GoogleVisionSettings)
  | ({ readonly service: 'azure-content-safety' } & AzureSettings);

export interface HostedDeps {
  /** The upstreams' caller does. */
  readonly caller: HostedCaller;
  readonly clock: Clock;
}

export function createHostedDetector(settings: HostedSettings, { caller, clock }: HostedDeps): Detector {
  switch (settings.service) {
    case 'openai':
      return createOpenaiModeration(settings, caller);
    case 'rekognition':
      return createRekognition(settings, caller, clock);
    case 'google-vision':
      return createGoogleVision(settings, caller);
    case 'azure-content-safety':
      return createAzureContentSafety(settings, caller);
    default: {
      const never: never = settings;
      return never;
    }
  }
}

/** What must never stand in a log, for whoever makes the caller. */
export function secretsOf(settings: HostedSettings): readonly string[] {
  if (settings.service !== 'rekognition') return [settings.apiKey];
  const { secretAccessKey, sessionToken } = settings;
  return sessionToken === undefined ? [secretAccessKey] : [secretAccessKey, sessionToken];
}
