/** What the Gemini API sends. Read leniently: unknown fields pass, missing ones are absent. */
import { type Static, Type } from 'typebox';
import { guard } from '../../guard.ts';

/** Copies of the API write names with underscores. */
const Blob = Type.Object({
  data: Type.String({ minLength: 1 }),
  mimeType: Type.Optional(Type.String()),
  mime_type: Type.Optional(Type.String()),
});
type Blob = Static<typeof Blob>;

/** A thinking model shows its drafts as parts with `thought`. */
const Part = Type.Object({
  inlineData: Type.Optional(Type.Unknown()),
  inline_data: Type.Optional(Type.Unknown()),
  thought: Type.Optional(Type.Unknown()),
});

/** A blocked candidate's `content` may be missing, `{}`, or hold `parts: null`. */
const Candidate = Type.Object({
  content: Type.Optional(Type.Unknown()),
  finishReason: Type.Optional(Type.Unknown()),
});

/** One of the two is always there; without candidates the prompt was blocked. */
const Generated = Type.Object({
  candidates: Type.Optional(Type.Array(Candidate)),
  promptFeedback: Type.Optional(Type.Object({})),
  usageMetadata: Type.Optional(Type.Object({})),
});

const Content = Type.Object({ parts: Type.Array(Part) });

/** The path that a long-running operation is polled at. */
export const Operation = Type.Object({
  name: Type.String({ pattern: '^[A-Za-z0-9][\\w.-]*(/[A-Za-z0-9][\\w.-]*)+$' }),
});
export type Operation = Static<typeof Operation>;

/** A running operation has no `done`. */
const Progress = Type.Object({
  name: Type.Optional(Type.String()),
  done: Type.Optional(Type.Boolean()),
  error: Type.Optional(Type.Unknown()),
  response: Type.Optional(Type.Unknown()),
});

const Videos = Type.Object({
  generateVideoResponse: Type.Object({
    generatedSamples: Type.Array(Type.Object({ video: Type.Object({ uri: Type.String({ minLength: 1 }) }) })),
  }),
});

const isGenerated = guard(Generated);
const isContent = guard(Content);
const isBlob = guard(Blob);
const isVideos = guard(Videos);
export const isOperation = guard(Operation);
export const isProgress = guard(Progress);

/** Whether this is an answer of generateContent at all, with or without a picture. */
export function isAnswer(body: unknown): boolean {
  return isGenerated(body) && (body.candidates !== undefined || body.promptFeedback !== undefined);
}

/** The pictures of an answer, without the drafts. */
export function picturesOf(body: unknown): readonly Blob[] {
  if (!isGenerated(body)) return [];
  return (body.candidates ?? []).flatMap(({ content }) => {
    if (!isContent(content)) return [];
    return content.parts.flatMap(({ inlineData, inline_data, thought }) => {
      const picture = inlineData ?? inline_data;
      return thought !== true && isBlob(picture) ? [picture] : [];
    });
  });
}

/** Where the clips of a finished operation are. */
export function linksOf(response: unknown): readonly string[] {
  if (!isVideos(response)) return [];
  return response.generateVideoResponse.generatedSamples.map(({ video }) => video.uri);
}
