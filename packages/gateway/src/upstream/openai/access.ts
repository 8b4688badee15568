/** How to be let in: OpenAI itself and what copies it take a bearer token, Azure takes the key in a header of its own. */
import type { HostedSettings } from '../hosted.ts';

/** `azure` is a resource's v1 interface: `https://<resource>.openai.azure.com/openai/v1`, with deployments for models. */
export type OpenaiFlavour = 'openai' | 'azure';

export interface OpenaiSettings extends HostedSettings {
  /** Default `openai`. */
  readonly flavour?: OpenaiFlavour;
}

export const OPENAI_BASE_URL = 'https://api.openai.com/v1';

export interface Access {
  /** Whose errors these are. */
  readonly provider: string;
  readonly headers: Readonly<Record<string, string>>;
}

export function accessOf({ apiKey, flavour = 'openai' }: OpenaiSettings): Access {
  switch (flavour) {
    case 'openai':
      return { provider: 'openai', headers: { authorization: `Bearer ${apiKey}` } };
    case 'azure':
      return { provider: 'azure-openai', headers: { 'api-key': apiKey } };
    default: {
      const never: never = flavour;
      return never;
    }
  }
}
