/** Only for decoding processes: what audio and video files hold, and whether they are all there. */
import { open } from 'node:fs/promises';
import {
  ADTS,
  BufferSource,
  EncodedPacketSink,
  FilePathSource,
  FLAC,
  Input,
  type InputTrack,
  type InputVideoTrack,
  MATROSKA,
  MP3,
  MP4,
  MPEG_TS,
  OGG,
  QTFF,
  WAVE,
  WEBM,
} from 'mediabunny';
import { declaredEnd, declaredSeconds, type Read } from './declared-end.ts';
import { formatNamed } from './formats.ts';
import { corrupt, type Inspection, type MediaSource } from './inspection.ts';

/** Frames that are counted for the frame rate: four seconds of a fast clip, some milliseconds of work. */
const COUNTED_FRAMES = 240;
/** Between what a file announces and what was found: the last frame may be a short one. */
const MISSING_SECONDS = 0.2;

const EMPTY = 'lasts 0 s: nothing is in it';
const CUT_OFF = 'is cut off: its last part is missing';

/** All but HLS: a playlist names other files and addresses, and would have them opened. */
const FORMATS = [MP4, QTFF, WEBM, MATROSKA, MPEG_TS, MP3, WAVE, OGG, FLAC, ADTS];

/** The container's own name where it holds sound only. */
const AUDIO_NAMES: Readonly<Record<string, { format: string; mimeType: string }>> = {
  mp4: { format: 'm4a', mimeType: 'audio/mp4' },
  mov: { format: 'm4a', mimeType: 'audio/mp4' },
  webm: { format: 'webm', mimeType: 'audio/webm' },
  mkv: { format: 'mkv', mimeType: 'audio/matroska' },
};

export async function probeTracks(source: MediaSource, format: string): Promise<Inspection> {
  const { size, read, close } = await openBytes(source);
  const input = new Input({
    formats: FORMATS,
    source: typeof source === 'string' ? new FilePathSource(source) : new BufferSource(source),
  });
  try {
    const end = await declaredEnd(read, format);
    if (end !== null && end > size) return corrupt(format, `is cut off: it has ${size} of ${end} bytes`);
    const tracks = await input.getTracks();
    if (tracks.length === 0)
      return corrupt(format, 'holds no audio or video that can be read; it may be cut off');
    for (const track of tracks) {
      // All there by its own account, and no packet in it: not cut, but empty.
      if (!(await reachesItsEnd(track))) return corrupt(format, end === size ? EMPTY : CUT_OFF);
    }
    const seconds = await input.computeDuration();
    if (!(seconds > 0)) return corrupt(format, EMPTY);
    const announced = await declaredSeconds(read, format);
    if (announced !== null && seconds < announced - MISSING_SECONDS) {
      return corrupt(format, `is cut off: it has ${seconds.toFixed(1)} of ${announced.toFixed(1)} s`);
    }
    const video = await input.getPrimaryVideoTrack();
    const audio = await input.getPrimaryAudioTrack();
    const named = { format, mimeType: formatNamed(format)?.mimeType ?? 'application/octet-stream' };
    if (video) {
      const [width, height] = [await video.getDisplayWidth(), await video.getDisplayHeight()];
      if (!(width > 0 && height > 0)) return corrupt(format, 'has a picture without a size');
      return {
        kind: 'video',
        ...named,
        width,
        height,
        seconds,
        fps: await framesPerSecond(video),
        codec: await video.getCodec(),
        hasAudio: audio !== null,
      };
    }
    if (audio) {
      return { kind: 'audio', ...(AUDIO_NAMES[format] ?? named), seconds, codec: await audio.getCodec() };
    }
    return corrupt(format, 'holds neither a picture nor sound');
  } catch {
    // Its parsers throw what they ran into: UnsupportedInputFormatError, RangeError, "Assertion failed.".
    return corrupt(format, 'is damaged: its structure cannot be read');
  } finally {
    input.dispose();
    await close();
  }
}

async function openBytes(source: MediaSource): Promise<{ size: number; read: Read; close(): Promise<void> }> {
  if (typeof source !== 'string') {
    return {
      size: source.byteLength,
      read: async (at, bytes) => source.subarray(at, at + bytes),
      close: async () => {},
    };
  }
  const file = await open(source);
  return {
    size: (await file.stat()).size,
    async read(at, bytes) {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, at);
      return buffer.subarray(0, bytesRead);
    },
    close: () => file.close(),
  };
}

/** What a container declares may be wrong, or is not there at all; the times of its packets are what a decoder goes by. */
async function framesPerSecond(video: InputVideoTrack): Promise<number | null> {
  const { averagePacketRate } = await video.computePacketStats(COUNTED_FRAMES);
  return Number.isFinite(averagePacketRate) && averagePacketRate > 0 ? averagePacketRate : null;
}

/** The index of a cut file still promises its last packet; only reading it tells. */
async function reachesItsEnd(track: InputTrack): Promise<boolean> {
  const sink = new EncodedPacketSink(track);
  // The first comes first: asked for the last of a FLAC that has none, mediabunny 1.61 would look for ever.
  return (await sink.getFirstPacket()) !== null && (await sink.getPacket(Number.POSITIVE_INFINITY)) !== null;
}
