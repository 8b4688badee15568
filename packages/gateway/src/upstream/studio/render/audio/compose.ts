/** A short piece from words and a seed: a scale, a chord progression, a melody that follows it. Notes only; synth.ts plays them. */
import { type Chance, createChance } from '../scene/chance.ts';
import { type Hints, readHints } from '../scene/words.ts';

export type Voice = 'pad' | 'bass' | 'pluck' | 'bell';

export interface Note {
  readonly voice: Voice;
  /** Seconds from the start. */
  readonly at: number;
  readonly length: number;
  /** Hertz. */
  readonly pitch: number;
  /** 0 to 1. */
  readonly loudness: number;
  /** -1 left to 1 right. */
  readonly pan: number;
}

const scales = {
  major: [0, 2, 4, 5, 7, 9, 11],
  lydian: [0, 2, 4, 6, 7, 9, 11],
  minor: [0, 2, 3, 5, 7, 8, 10],
  dorian: [0, 2, 3, 5, 7, 9, 10],
} as const;
type Scale = (typeof scales)[keyof typeof scales];

/** Chords by the step of the scale they stand on. */
const bright: readonly [readonly number[], ...(readonly number[])[]] = [
  [0, 4, 5, 3],
  [0, 5, 3, 4],
  [3, 0, 4, 5],
  [0, 2, 3, 4],
  [5, 3, 0, 4],
];
const dark: readonly [readonly number[], ...(readonly number[])[]] = [
  [0, 5, 2, 6],
  [0, 3, 5, 4],
  [0, 6, 5, 6],
  [5, 6, 0, 0],
  [0, 2, 6, 3],
];

export function compose(prompt: string, seed: number, seconds: number): Note[] {
  const hints = readHints(prompt);
  const dice = createChance('music', prompt, seed);
  const scale = scales[chooseScale(prompt, hints, dice)];
  const sombre = scale === scales.minor || scale === scales.dorian;
  const beat = 60 / chooseTempo(prompt, hints, dice);
  const bar = beat * 4;
  const root = dice.whole(45, 52);
  const chords = dice.pick(sombre ? dark : bright);
  const lead: Voice =
    hints.weathers.includes('snow') || hints.times[0] === 'night' || hints.places[0] === 'space'
      ? 'bell'
      : dice.pick(['pluck', 'bell', 'pluck']);
  const pitch = (step: number, octave: number) => hertz(root + 12 * octave + degree(scale, step));
  const motif = writeMotif(dice.fork('motif'));

  const notes: Note[] = [];
  for (let i = 0; i * bar < seconds; i++) {
    const start = i * bar;
    const chord = chords[i % chords.length] ?? 0;
    const again = Math.floor(i / chords.length);
    for (const [k, step] of [0, 2, 4, 6].entries()) {
      if (k === 3 && sombre) continue;
      notes.push({
        voice: 'pad',
        at: start,
        length: bar * 1.15,
        pitch: pitch(chord + step, k === 0 ? 0 : 1 - (chord > 3 ? 1 : 0)),
        loudness: k === 3 ? 0.07 : 0.13,
        pan: (k - 1) * 0.4,
      });
    }
    notes.push({
      voice: 'bass',
      at: start,
      length: bar * 0.72,
      pitch: pitch(chord, -1),
      loudness: 0.34,
      pan: 0,
    });
    if (i > 0)
      notes.push({
        voice: 'bass',
        at: start + beat * 2.5,
        length: beat * 1.2,
        pitch: pitch(chord, -1),
        loudness: 0.2,
        pan: 0,
      });
    for (let k = 0; k < 8; k++) {
      const step = [0, 2, 4, 7, 4, 2, 4, 2][(k + again) % 8] ?? 0;
      notes.push({
        voice: 'pluck',
        at: start + k * beat * 0.5,
        length: beat,
        pitch: pitch(chord + step, 1),
        loudness: 0.065 + 0.03 * (k % 4 === 0 ? 1 : 0),
        pan: k % 2 === 0 ? -0.5 : 0.5,
      });
    }
    // The same motif over every chord; each second time it is varied, and the last bar of four breathes.
    for (const [k, tone] of motif.entries()) {
      if (i % 4 === 3 && k > motif.length / 2) break;
      const varied = i % 2 === 1 && k === motif.length - 1 ? 1 : 0;
      notes.push({
        voice: lead,
        at: start + tone.beat * beat,
        length: tone.beats * beat * 1.5,
        pitch: pitch(nearChord(chord, tone.step + varied, tone.strong), 2),
        loudness: tone.strong ? 0.25 : 0.17,
        pan: 0.12,
      });
    }
  }
  return notes.filter((note) => note.at < seconds - 0.05);
}

interface Tone {
  readonly beat: number;
  readonly beats: number;
  /** Steps of the scale above the chord's root. */
  readonly step: number;
  readonly strong: boolean;
}

function writeMotif(dice: Chance): Tone[] {
  const rhythm = dice.pick([
    [1, 1, 2],
    [1.5, 0.5, 1, 1],
    [1, 0.5, 0.5, 2],
    [2, 1, 1],
    [0.5, 0.5, 1, 1.5, 0.5],
    [1.5, 1.5, 1],
  ]);
  let beat = 0;
  let step = dice.pick([0, 2, 4]);
  return rhythm.map((beats) => {
    const tone = { beat, beats, step, strong: beat % 2 === 0 };
    beat += beats;
    step = Math.min(7, Math.max(-2, step + dice.pick([-2, -1, -1, 1, 1, 2])));
    return tone;
  });
}

/** On a strong beat only notes of the chord: thirds are even steps. The rest may pass. */
function nearChord(chord: number, step: number, strong: boolean): number {
  const settled = strong ? 2 * Math.round(step / 2) : step;
  // A melody that followed every root would leap; from the fifth step on it takes the chord from below.
  return (chord > 3 ? chord - 7 : chord) + settled;
}

function degree(scale: Scale, step: number): number {
  const octave = Math.floor(step / 7);
  return (scale[step - octave * 7] ?? 0) + 12 * octave;
}

/** Equal temperament, A4 = note 69 = 440 Hz. */
function hertz(note: number): number {
  return 440 * 2 ** ((note - 69) / 12);
}

function chooseScale(prompt: string, { moods, times, weathers }: Hints, dice: Chance): keyof typeof scales {
  if (/\b(sad|melanchol|lonely|tragic|minor|grief|farewell)/i.test(prompt) || moods.includes('dark'))
    return 'minor';
  if (/\b(happy|joy|cheer|celebrat|major|upbeat|fun)/i.test(prompt) || moods.includes('bright'))
    return 'major';
  if (
    times.includes('night') ||
    weathers.includes('rain') ||
    weathers.includes('fog') ||
    moods.includes('cold')
  )
    return dice.pick(['minor', 'dorian']);
  if (/\b(dream|magic|wonder|space|fantasy)/i.test(prompt)) return 'lydian';
  return dice.pick(['major', 'major', 'lydian', 'dorian', 'minor']);
}

function chooseTempo(prompt: string, { moods }: Hints, dice: Chance): number {
  if (/\b(fast|energetic|upbeat|dance|epic|action|happy)/i.test(prompt)) return dice.between(108, 126);
  if (/\b(slow|ambient|sleep|meditat|lullaby|sad)/i.test(prompt) || moods.includes('calm'))
    return dice.between(62, 76);
  return dice.between(80, 100);
}
