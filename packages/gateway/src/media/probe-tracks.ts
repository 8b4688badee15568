/** Only for decoding threads: what audio and video files hold, and whether they are all there. */
import { open } from 'node:fs/promises';
import {
  ADTS,
  BufferSource,
  EncodedPacketSink,
  FilePathSource,
  FLAC,
  Input,
  type InputTrack,
  MATROSKA,
  MP3,
  MP4,
  MPEG_TS,
  OGG,
  QTFF,
  WAVE,
  WEBM,
} from 'mediabunny';
import { declaredEnd } from './declared-end.ts';
import { formatNamed } from './formats.ts';
import { corrupt, type Inspection, type MediaSource } from './inspection.ts';

const HEAD_BYTES = 4096;

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
  const input = new Input({
    formats: FORMATS,
    source: typeof source === 'string' ? new FilePathSource(source) : new BufferSource(source),
  });
  try {
    const [head, size] = await beginningOf(source);
    const end = declaredEnd(head, format);
    if (end !== null && end > size) return corrupt(format, `is cut off: it has ${size} of ${end} bytes`);
    const tracks = await input.getTracks();
    if (tracks.length === 0)
      return corrupt(format, 'holds no audio or video that can be read; it may be cut off');
    for (const track of tracks) {
      if (!(await reachesItsEnd(track))) return corrupt(format, 'is cut off: its last part is missing');
    }
    const seconds = await input.computeDuration();
    if (!(seconds > 0)) return corrupt(format, 'has no duration');
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
  }
}

async function beginningOf(source: MediaSource): Promise<[head: Uint8Array, size: number]> {
  if (typeof source !== 'string') return [source.subarray(0, HEAD_BYTES), source.byteLength];
  const file = await open(source);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return [buffer.subarray(0, bytesRead), (await file.stat()).size];
  } finally {
    await file.close();
  }
}

/** The index of a cut file still promises its last packet; only reading it tells. */
async function reachesItsEnd(track: InputTrack): Promise<boolean> {
  return (await new EncodedPacketSink(track).getPacket(Number.POSITIVE_INFINITY)) !== null;
}
