export {
  MODERATOR_PORTS,
  SANDBOX_MODERATORS,
  SANDBOX_PROVIDERS,
  type SandboxModerator,
  type SandboxProvider,
} from './all.ts';
export { createArk } from './ark.ts';
export { createComfyui } from './comfyui.ts';
export { createDashscope } from './dashscope.ts';
export * from './emulator.ts';
export { createFal } from './fal.ts';
export { createGemini } from './gemini.ts';
export { createKling, KLING_SANDBOX_PAIR } from './kling.ts';
export { createMinimax } from './minimax.ts';
export { MINIMAX_SCENARIOS } from './minimax-scenarios.ts';
export { createAzureContentSafety } from './moderation-azure.ts';
export { createGoogleVision } from './moderation-google-vision.ts';
export { createOpenaiModeration } from './moderation-openai.ts';
export { createRekognition, REKOGNITION_SANDBOX_KEYS } from './moderation-rekognition.ts';
export { createOpenai } from './openai.ts';
export { createOpenaiVideos } from './openai-videos.ts';
export { createReplicate } from './replicate.ts';
export { createRunway } from './runway.ts';
export { createUnifiedTask } from './unified-task.ts';
