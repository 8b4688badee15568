/** What is asked of clips and sounds beyond their size: how long, how fast, with sound or without. Pure: facts in, problems out. */
import type { InputLimits, MediaKind } from '../catalog/model.ts';
import { formatNamed, listFormats } from './formats.ts';
import type { AudioFacts, MediaFacts, VideoFacts } from './inspection.ts';
import type { Problem } from './problem.ts';
import { rangeInWords, rounded } from './range.ts';

/** Containers round durations to frames and packets; a tenth of a second is not worth a refusal. */
const SECONDS_STEP = 10;
/**
 * Television's 24, 30 and 60 frames are a thousandth fewer (24000/1001), telephones vary by some more, and WebM rounds to
 * milliseconds: nobody who writes "24 to 60" means to refuse those.
 */
const FPS_SLACK = 0.01;

interface Subject {
  readonly param: string;
  readonly expects: MediaKind;
}

export function brokenClipLimits(
  facts: VideoFacts | AudioFacts,
  { param }: Subject,
  limits: InputLimits,
): (Problem | null)[] {
  const seconds = secondsOutOfRange(facts.seconds, param, limits);
  if (facts.kind === 'audio') return [seconds];
  return [seconds, fpsOutOfRange(facts.fps, param, limits), soundAmiss(facts.hasAudio, param, limits)];
}

/** A clip where sound alone is wanted, or sound alone where a clip is; null where the kind is not what is wrong. */
export function wrongTracks(
  facts: MediaFacts,
  { param, expects }: Subject,
  limits: InputLimits,
): Problem | null {
  const label = formatNamed(facts.format)?.label ?? facts.format;
  const takes = `this model takes ${listFormats(limits.formats)} here`;
  const common = { code: 'invalid_parameters', subtype: 'unsupported_format', param } as const;
  const details = { actual_format: facts.format, formats: limits.formats, required_track: expects };
  if (facts.kind === 'audio' && expects === 'video') {
    return {
      ...common,
      because: `${param} holds only sound (${label}), no picture track; ${takes}.`,
      remedy: 'Send a clip that has a picture track.',
      details: { ...details, actual_tracks: ['audio'] },
    };
  }
  if (facts.kind === 'video' && expects === 'audio') {
    const sound = facts.hasAudio ? 'a video with sound' : 'a video without a sound track';
    return {
      ...common,
      because: `${param} is ${sound} (${label}); ${takes}.`,
      remedy: facts.hasAudio ? 'Send its sound track alone, as a file of its own.' : 'Send a sound file.',
      details: { ...details, actual_tracks: facts.hasAudio ? ['video', 'audio'] : ['video'] },
    };
  }
  return null;
}

function secondsOutOfRange(seconds: number, param: string, limits: InputLimits): Problem | null {
  const { minSeconds, maxSeconds } = limits;
  const actual = Math.round(seconds * SECONDS_STEP) / SECONDS_STEP;
  if (actual >= (minSeconds ?? 0) && actual <= (maxSeconds ?? Number.POSITIVE_INFINITY)) return null;
  return {
    code: 'invalid_parameters',
    subtype: 'video_duration',
    param,
    because: `${param} lasts ${rounded(seconds)} s; it must last ${rangeInWords(minSeconds, maxSeconds)} s.`,
    remedy: `Send a file that lasts ${rangeInWords(minSeconds, maxSeconds)} s.`,
    details: {
      ...(minSeconds === undefined ? {} : { min_seconds: minSeconds }),
      ...(maxSeconds === undefined ? {} : { max_seconds: maxSeconds }),
      actual_seconds: rounded(seconds),
    },
  };
}

function fpsOutOfRange(fps: number | null, param: string, limits: InputLimits): Problem | null {
  const { minFps, maxFps } = limits;
  if (minFps === undefined && maxFps === undefined) return null;
  const least = (minFps ?? 0) * (1 - FPS_SLACK);
  const most = (maxFps ?? Number.POSITIVE_INFINITY) * (1 + FPS_SLACK);
  if (fps !== null && fps >= least && fps <= most) return null;
  const actual =
    fps === null ? 'has no frame rate that could be measured' : `runs at ${rounded(fps)} frames per second`;
  return {
    code: 'invalid_parameters',
    subtype: 'general',
    param,
    because: `${param} ${actual}; it must be ${rangeInWords(minFps, maxFps)} frames per second.`,
    remedy: 'Convert the clip to a frame rate in that range.',
    details: {
      ...(minFps === undefined ? {} : { min_fps: minFps }),
      ...(maxFps === undefined ? {} : { max_fps: maxFps }),
      actual_fps: fps === null ? null : rounded(fps),
    },
  };
}

function soundAmiss(hasAudio: boolean, param: string, { audioTrack }: InputLimits): Problem | null {
  if (audioTrack === undefined || hasAudio === (audioTrack === 'required')) return null;
  return {
    code: 'invalid_parameters',
    subtype: 'general',
    param,
    because: hasAudio
      ? `${param} has a sound track; this model takes clips without sound here.`
      : `${param} has no sound track; this model takes clips with sound here.`,
    remedy: hasAudio ? 'Remove the sound track from the clip.' : 'Send a clip that has a sound track.',
    details: { audio_track: audioTrack, actual_audio_track: hasAudio ? 'present' : 'absent' },
  };
}
