/** The clip as it is delivered: index first (faststart), colours declared, with or without a sound track. */
import {
  BufferSource,
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  Input,
  MP3,
  MP4,
  Mp4OutputFormat,
  Output,
} from 'mediabunny';
import { undate } from './undate.ts';

/**
 * `video` is an MP4 with one H.264 track, `sound` an MP3 file. Sound that outlasts the picture is left out, so the clip's length is the
 * picture's.
 */
export async function mux(
  video: Uint8Array,
  sound: Uint8Array | null,
  frameRate: number,
): Promise<Uint8Array> {
  const output = new Output({
    format: new Mp4OutputFormat({ fastStart: 'in-memory' }),
    target: new BufferTarget(),
  });
  const pictures = new EncodedVideoPacketSource('avc');
  const tones = sound === null ? null : new EncodedAudioPacketSource('mp3');
  output.addVideoTrack(pictures, { frameRate });
  if (tones !== null) output.addAudioTrack(tones);
  await output.start();
  const seconds = await copyPictures(video, pictures);
  if (sound !== null && tones !== null) await copyTones(sound, tones, seconds);
  await output.finalize();
  const { buffer } = output.target;
  if (buffer === null) throw new Error('the clip could not be put together');
  const file = new Uint8Array(buffer);
  undate(file);
  return file;
}

async function copyPictures(file: Uint8Array, source: EncodedVideoPacketSource): Promise<number> {
  const input = new Input({ formats: [MP4], source: new BufferSource(file) });
  try {
    const track = await input.getPrimaryVideoTrack();
    const config = await track?.getDecoderConfig();
    if (!track || !config) throw new Error('the encoder gave no video track');
    // What planes.ts makes: without it, players guess the matrix from the size.
    const colorSpace = { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', fullRange: false } as const;
    let end = 0;
    for await (const packet of new EncodedPacketSink(track).packets()) {
      const { data, timestamp, duration } = packet;
      const type = startsAfresh(data) ? 'key' : 'delta';
      await source.add(new EncodedPacket(data, type, timestamp, duration), {
        decoderConfig: { ...config, colorSpace },
      });
      end = packet.timestamp + packet.duration;
    }
    return end;
  } finally {
    input.dispose();
  }
}

/**
 * Whether a packet of length-prefixed NAL units holds an IDR picture (type 5). The encoder's own file lists no sync samples, which
 * means that every sample is one; believed, a seek would decode from a frame that needs its predecessor.
 */
function startsAfresh(data: Uint8Array): boolean {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (let at = 0; at + 4 < data.length; at += 4 + view.getUint32(at)) {
    if (((data[at + 4] ?? 0) & 31) === 5) return true;
  }
  return false;
}

async function copyTones(file: Uint8Array, source: EncodedAudioPacketSource, seconds: number): Promise<void> {
  const input = new Input({ formats: [MP3], source: new BufferSource(file) });
  try {
    const track = await input.getPrimaryAudioTrack();
    const config = await track?.getDecoderConfig();
    if (!track || !config) throw new Error('the encoder gave no sound track');
    for await (const packet of new EncodedPacketSink(track).packets()) {
      if (packet.timestamp + packet.duration > seconds) return;
      await source.add(packet, { decoderConfig: config });
    }
  } finally {
    input.dispose();
  }
}
