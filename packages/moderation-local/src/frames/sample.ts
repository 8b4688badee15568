/**
 * Which frames of a video are taken, and how they are reached. Only for the decoding process.
 *
 * From the key frame before a wanted frame on, every packet must be decoded; frames that share a key frame share the way. What comes
 * out is told apart by its turn: a decoder gives frames in the order they are shown, so the third frame out is the third of the
 * packets' times. (The times that the library writes on frames are those of other packets where frames are reordered.)
 */
import {
  BufferSource,
  type EncodedPacket,
  EncodedPacketSink,
  Input,
  type InputVideoTrack,
  MATROSKA,
  MP4,
  MPEG_TS,
  QTFF,
  WEBM,
} from 'mediabunny';
import { CannotLook } from './cannot-look.ts';
import type { Codecs, DecodedFrame, DecoderConfig } from './codec.ts';
import { toJpeg } from './picture.ts';
import type { Frame } from './wire.ts';

/** A player shows one of them; which one, nobody knows. */
const MAX_TRACKS = 4;

export interface SampleOptions {
  /** Of each track of pictures. */
  readonly count: number;
  /** Called after every packet; throws where it has become too much. */
  readonly checkMemory: () => void;
}

/** Raises CannotLook, and what the parser of a broken container raises. */
export async function* sampleFrames(
  codecs: Codecs,
  file: Uint8Array,
  options: SampleOptions,
): AsyncGenerator<Frame> {
  const input = new Input({
    formats: [MP4, QTFF, WEBM, MATROSKA, MPEG_TS],
    source: new BufferSource(file),
  });
  const tracks = await input.getVideoTracks();
  if (tracks.length === 0) throw new CannotLook('it has no pictures');
  if (tracks.length > MAX_TRACKS) throw new CannotLook(`it has ${tracks.length} tracks of pictures`);
  for (const track of tracks) yield* sampleTrack(codecs, track, options);
}

async function* sampleTrack(
  codecs: Codecs,
  track: InputVideoTrack,
  options: SampleOptions,
): AsyncGenerator<Frame> {
  const config = await track.getDecoderConfig();
  if (config === null) throw new CannotLook('its codec is not supported');
  const rotation = await track.getRotation();
  const sink = new EncodedPacketSink(track);
  for (const stretch of await stretchesOf(sink, options.count)) {
    for await (const { frame, atSeconds } of decode(codecs, sink, config, stretch, options))
      yield { atSeconds, jpeg: await toJpeg(codecs, frame, rotation) };
  }
}

/** From a key frame to the last packet that is wanted before the next one is. */
interface Stretch {
  readonly key: EncodedPacket;
  readonly wanted: readonly EncodedPacket[];
}

async function stretchesOf(sink: EncodedPacketSink, count: number): Promise<readonly Stretch[]> {
  const first = await sink.getFirstPacket({ metadataOnly: true });
  const last = await sink.getPacket(Number.POSITIVE_INFINITY, { metadataOnly: true });
  if (!first || !last) throw new CannotLook('it has no pictures');
  const stretches = new Map<number, { readonly key: EncodedPacket; readonly wanted: EncodedPacket[] }>();
  const taken = new Set<number>();
  for (let index = 0; index < count; index++) {
    const time = first.timestamp + ((last.timestamp - first.timestamp) * index) / Math.max(1, count - 1);
    const packet = await sink.getPacket(time, { metadataOnly: true });
    if (!packet || taken.has(packet.timestamp)) continue;
    taken.add(packet.timestamp);
    const key = await sink.getKeyPacket(packet.timestamp, { verifyKeyPackets: true });
    if (!key) throw new CannotLook('it has no whole picture to begin with');
    const stretch = stretches.get(key.sequenceNumber);
    if (stretch) stretch.wanted.push(packet);
    else stretches.set(key.sequenceNumber, { key, wanted: [packet] });
  }
  return [...stretches.values()];
}

async function* decode(
  codecs: Codecs,
  sink: EncodedPacketSink,
  config: DecoderConfig,
  { key, wanted }: Stretch,
  { checkMemory }: SampleOptions,
): AsyncGenerator<{ readonly frame: DecodedFrame; readonly atSeconds: number }> {
  const end = Math.max(...wanted.map(({ sequenceNumber }) => sequenceNumber));
  const times: number[] = [];
  for await (const { timestamp } of upTo(sink, key, end, true))
    if (timestamp >= key.timestamp) times.push(timestamp);
  times.sort((a, b) => a - b);
  const turns = new Map(wanted.map(({ timestamp }) => [times.indexOf(timestamp), timestamp]));

  const out: { readonly frame: DecodedFrame; readonly atSeconds: number }[] = [];
  let shown = 0;
  let latest: DecodedFrame | null = null;
  let broken = false;
  const decoder = new codecs.VideoDecoder({
    output(frame) {
      const atSeconds = turns.get(shown++);
      latest?.close();
      latest = null;
      if (atSeconds === undefined) latest = frame;
      else {
        turns.delete(shown - 1);
        out.push({ frame, atSeconds });
      }
    },
    error: () => {
      broken = true;
    },
  });
  // In this thread: it has nothing else to do, and so never more than one packet is under way.
  decoder.configure({ ...config, useWorkerThread: false });
  for await (const packet of upTo(sink, key, end, false)) {
    const { type, data } = packet;
    decoder.decode(
      new codecs.EncodedVideoChunk({ type, data, timestamp: Math.round(packet.timestamp * 1e6) }),
    );
    checkMemory();
    if (broken) throw new CannotLook(`it is damaged at ${packet.timestamp.toFixed(1)} s`);
    yield* out.splice(0);
  }
  await decoder.flush();
  if (broken) throw new CannotLook('it is damaged');
  yield* out.splice(0);
  decoder.close();
  yield* missed(latest, { shown, of: times.length, turns });
}

/** Some packets hold a picture that is not shown: then the last ones come to fewer turns than there are packets. */
function* missed(
  latest: DecodedFrame | null,
  { shown, of, turns }: { shown: number; of: number; turns: ReadonlyMap<number, number> },
) {
  if (turns.size === 0) return latest?.close();
  if (shown === 0 || shown < of / 2) throw new CannotLook(`only ${shown} of ${of} frames can be decoded`);
  // Null: the last frame that is shown was one of those wanted.
  if (latest !== null) yield { frame: latest, atSeconds: Math.max(...turns.values()) };
}

async function* upTo(sink: EncodedPacketSink, key: EncodedPacket, end: number, metadataOnly: boolean) {
  let packet: EncodedPacket | null = key;
  while (packet && packet.sequenceNumber <= end) {
    yield packet;
    packet = await sink.getNextPacket(packet, { metadataOnly });
  }
}
