/** A recording as a file: WAV by our own hand, MP3 and Ogg Vorbis through wasm-media-encoders. */
import { createMp3Encoder, createOggEncoder } from 'wasm-media-encoders';
import type { AudioFormat } from '../job.ts';
import { type Stereo, sampleRate } from './synth.ts';

export const mimeTypes = { wav: 'audio/wav', mp3: 'audio/mpeg', ogg: 'audio/ogg' } as const satisfies Record<
  AudioFormat,
  string
>;

export async function encodeSound(sound: Stereo, format: AudioFormat): Promise<Uint8Array> {
  switch (format) {
    case 'wav':
      return wav(sound);
    case 'mp3': {
      const encoder = await createMp3Encoder();
      encoder.configure({ sampleRate, channels: 2, bitrate: 160 });
      return drain(encoder, sound);
    }
    case 'ogg': {
      const encoder = await createOggEncoder();
      // Left to itself, it draws the number of the stream from chance.
      encoder.configure({ sampleRate, channels: 2, vbrQuality: 5, oggSerialNo: 1 });
      return drain(encoder, sound);
    }
    default: {
      const never: never = format;
      throw new Error(`unexpected format: ${never}`);
    }
  }
}

interface Encoder {
  encode(channels: readonly [Float32Array, Float32Array]): Uint8Array;
  finalize(): Uint8Array;
}

function drain(encoder: Encoder, { left, right }: Stereo): Uint8Array {
  const parts: Uint8Array[] = [];
  const step = sampleRate;
  for (let at = 0; at < left.length; at += step) {
    // Copied, because the encoder gives the same buffer each time.
    parts.push(encoder.encode([left.subarray(at, at + step), right.subarray(at, at + step)]).slice());
  }
  parts.push(encoder.finalize().slice());
  return Buffer.concat(parts);
}

/** RIFF WAVE, 16 bit PCM, stereo. */
function wav({ left, right }: Stereo): Uint8Array {
  const bytes = left.length * 4;
  const file = Buffer.alloc(44 + bytes);
  file.write('RIFF', 0, 'ascii');
  file.writeUInt32LE(36 + bytes, 4);
  file.write('WAVEfmt ', 8, 'ascii');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(2, 22);
  file.writeUInt32LE(sampleRate, 24);
  file.writeUInt32LE(sampleRate * 4, 28);
  file.writeUInt16LE(4, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'ascii');
  file.writeUInt32LE(bytes, 40);
  for (let i = 0; i < left.length; i++) {
    file.writeInt16LE(toPcm(left[i] ?? 0), 44 + i * 4);
    file.writeInt16LE(toPcm(right[i] ?? 0), 46 + i * 4);
  }
  return file;
}

function toPcm(value: number): number {
  return Math.round(Math.min(1, Math.max(-1, value)) * 32767);
}
