/** All providers with rules of their own. A new provider: write `<name>.ts` beside this file and add it here. */
import { ARK } from './ark.ts';
import { AZURE_OPENAI } from './azure-openai.ts';
import { BFL } from './bfl.ts';
import { COMFYUI } from './comfyui.ts';
import { DASHSCOPE } from './dashscope.ts';
import { ELEVENLABS } from './elevenlabs.ts';
import { EVOLINK } from './evolink.ts';
import { FAL } from './fal.ts';
import { GOOGLE_GEMINI } from './google-gemini.ts';
import { GOOGLE_VERTEX } from './google-vertex.ts';
import { IDEOGRAM } from './ideogram.ts';
import { KLING } from './kling.ts';
import { LUMA } from './luma.ts';
import { MINIMAX } from './minimax.ts';
import { OPENAI } from './openai.ts';
import type { ProviderRules } from './provider.ts';
import { REPLICATE } from './replicate.ts';
import { RUNWAY } from './runway.ts';
import { SILICONFLOW } from './siliconflow.ts';
import { STABILITY } from './stability.ts';
import { STUDIO } from './studio.ts';
import { VIDU } from './vidu.ts';
import { XAI } from './xai.ts';

export const PROVIDERS: readonly ProviderRules[] = [
  ARK,
  AZURE_OPENAI,
  BFL,
  COMFYUI,
  DASHSCOPE,
  ELEVENLABS,
  EVOLINK,
  FAL,
  GOOGLE_GEMINI,
  GOOGLE_VERTEX,
  IDEOGRAM,
  KLING,
  LUMA,
  MINIMAX,
  OPENAI,
  REPLICATE,
  RUNWAY,
  SILICONFLOW,
  STABILITY,
  STUDIO,
  VIDU,
  XAI,
];
