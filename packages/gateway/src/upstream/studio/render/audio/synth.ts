/** Plays notes into a stereo recording: four voices, a room, a gentle end. */
import type { Note, Voice } from './compose.ts';

export const sampleRate = 44_100;

export interface Stereo {
  readonly left: Float32Array;
  readonly right: Float32Array;
}

export function perform(notes: readonly Note[], seconds: number, onProgress: (part: number) => void): Stereo {
  const length = Math.round(seconds * sampleRate);
  const sound = { left: new Float32Array(length), right: new Float32Array(length) };
  for (const [i, note] of notes.entries()) {
    play(note, sound);
    onProgress((i + 1) / notes.length);
  }
  const tail = Math.min(1.6, seconds * 0.3);
  for (const [channel, spread] of [
    [sound.left, 0],
    [sound.right, 23],
  ] as const) {
    addRoom(channel, spread);
    settle(channel, tail);
  }
  level(sound);
  return sound;
}

interface Timbre {
  /** Seconds to full loudness, and to a third of it afterwards. */
  readonly attack: number;
  readonly decay: number;
  readonly release: number;
  /** Overtones as [multiple of the pitch, loudness, how much faster than the pitch they fade]. */
  readonly partials: readonly (readonly [number, number, number])[];
}

const timbres: Record<Voice, Timbre> = {
  pad: {
    attack: 0.5,
    decay: 9,
    release: 0.9,
    partials: [
      [0.997, 0.5, 1],
      [1.003, 0.5, 1],
      [2.002, 0.22, 1],
      [3, 0.1, 1.5],
      [4.004, 0.04, 2],
    ],
  },
  bass: {
    attack: 0.012,
    decay: 1.4,
    release: 0.18,
    partials: [
      [1, 0.9, 1],
      [2, 0.32, 2.2],
      [3, 0.1, 4],
    ],
  },
  pluck: {
    attack: 0.004,
    decay: 0.42,
    release: 0.2,
    partials: [
      [1, 0.8, 1],
      [2, 0.4, 1.7],
      [3, 0.2, 2.6],
      [4, 0.1, 3.5],
      [5.02, 0.05, 5],
    ],
  },
  bell: {
    attack: 0.003,
    decay: 0.9,
    release: 0.5,
    partials: [
      [1, 0.7, 1],
      [2, 0.3, 1.6],
      [2.76, 0.16, 2.4],
      [5.4, 0.07, 4.5],
    ],
  },
};

function play(note: Note, { left, right }: Stereo): void {
  const timbre = timbres[note.voice];
  const start = Math.round(note.at * sampleRate);
  const held = Math.round(note.length * sampleRate);
  const count = Math.min(left.length - start, held + Math.round(timbre.release * sampleRate));
  const angle = ((note.pan + 1) * Math.PI) / 4;
  const [toLeft, toRight] = [Math.cos(angle) * note.loudness, Math.sin(angle) * note.loudness];
  const attack = timbre.attack * sampleRate;
  const release = timbre.release * sampleRate;
  for (const [multiple, loudness, fading] of timbre.partials) {
    const frequency = note.pitch * multiple;
    if (frequency > sampleRate * 0.42) continue;
    const turn = (2 * Math.PI * frequency) / sampleRate;
    const fade = Math.exp((-1.1 * fading) / (timbre.decay * sampleRate));
    // A rotating point gives the sine without calling it for every sample.
    let [sine, cosine] = [0, 1];
    const [stepSine, stepCosine] = [Math.sin(turn), Math.cos(turn)];
    let strength = loudness;
    for (let i = 0; i < count; i++) {
      const rise = i < attack ? i / attack : 1;
      const fall = i > held ? 1 - (i - held) / release : 1;
      const value = sine * strength * rise * fall * fall;
      left[start + i] = (left[start + i] ?? 0) + value * toLeft;
      right[start + i] = (right[start + i] ?? 0) + value * toRight;
      const next = sine * stepCosine + cosine * stepSine;
      cosine = cosine * stepCosine - sine * stepSine;
      sine = next;
      strength *= fade;
    }
  }
}

/** Schroeder's reverberator: damped echoes side by side, then two all-pass filters that smear them. */
function addRoom(channel: Float32Array, spread: number): void {
  const wet = new Float32Array(channel.length);
  for (const delay of [1557, 1617, 1491, 1422, 1277]) {
    const line = new Float32Array(delay + spread);
    let damped = 0;
    for (let i = 0, at = 0; i < channel.length; i++, at = at + 1 === line.length ? 0 : at + 1) {
      const echo = line[at] ?? 0;
      damped = echo * 0.68 + damped * 0.32;
      line[at] = (channel[i] ?? 0) + damped * 0.8;
      wet[i] = (wet[i] ?? 0) + echo * 0.2;
    }
  }
  for (const delay of [225, 556]) {
    const line = new Float32Array(delay + spread);
    for (let i = 0, at = 0; i < wet.length; i++, at = at + 1 === line.length ? 0 : at + 1) {
      const past = line[at] ?? 0;
      const input = wet[i] ?? 0;
      line[at] = input + past * 0.5;
      wet[i] = past - input * 0.5;
    }
  }
  for (let i = 0; i < channel.length; i++) channel[i] = (channel[i] ?? 0) * 0.84 + (wet[i] ?? 0) * 0.3;
}

function settle(channel: Float32Array, tail: number): void {
  const count = Math.round(tail * sampleRate);
  const start = channel.length - count;
  for (let i = 0; i < count; i++) channel[start + i] = (channel[start + i] ?? 0) * (1 - i / count) ** 2;
}

/** Brings the loudest moment to -1.5 dB, in both channels alike. */
function level({ left, right }: Stereo): void {
  let peak = 0;
  for (let i = 0; i < left.length; i++)
    peak = Math.max(peak, Math.abs(left[i] ?? 0), Math.abs(right[i] ?? 0));
  if (peak === 0) return;
  const gain = 0.84 / peak;
  for (let i = 0; i < left.length; i++) {
    left[i] = (left[i] ?? 0) * gain;
    right[i] = (right[i] ?? 0) * gain;
  }
}
