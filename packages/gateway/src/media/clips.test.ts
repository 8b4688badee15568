/** Audio and video against what a model asks of them: looked at by the checker, judged like an input of a task. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import type { InputLimits, MediaKind } from '../catalog/model.ts';
import { createChecker, type MediaChecker } from './checker.ts';
import { judge } from './judge.ts';
import type { Problem } from './problem.ts';
import { sampleImage, sampleVideo, sampleWav } from './sample-media.ts';

const fixture = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url));
const CLIPS: InputLimits = { max: 1, formats: ['mp4', 'webm'] };
const SOUNDS: InputLimits = { max: 1, formats: ['mp3', 'wav', 'm4a'], maxSeconds: 30 };

describe('audio and video inputs', () => {
  let checker: MediaChecker;
  before(() => {
    checker = createChecker({ workers: 1 });
  });
  after(() => checker.close());

  async function problems(file: Uint8Array, limits: InputLimits, expects: MediaKind = 'video') {
    const subject = { param: `${expects}_urls[0]`, expects, bytes: file.byteLength };
    return judge(await checker.inspect(file), subject, { limits, exact: null }).problems;
  }

  async function only(...given: Parameters<typeof problems>): Promise<Problem> {
    const [problem, ...others] = await problems(...given);
    assert.ok(problem);
    assert.deepEqual(others, []);
    return problem;
  }

  it('counts the frames of a second, whatever was declared', async () => {
    const asks: InputLimits = { ...CLIPS, minFps: 24, maxFps: 60 };
    for (const container of ['mp4', 'webm'] as const) {
      for (const fps of [24_000 / 1001, 24, 30, 60]) {
        assert.deepEqual(
          await problems(await sampleVideo(container, 32, 32, 1, { fps }), asks),
          [],
          `${fps}`,
        );
      }
      const fast = await only(await sampleVideo(container, 32, 32, 1, { fps: 120 }), asks);
      assert.deepEqual(
        [fast.code, fast.subtype, fast.param],
        ['invalid_parameters', 'general', 'video_urls[0]'],
      );
      assert.deepEqual([fast.details.min_fps, fast.details.max_fps], [24, 60]);
      assert.ok(Math.abs(Number(fast.details.actual_fps) - 120) < 0.5, `${fast.details.actual_fps}`);
    }
    const slow = await only(await sampleVideo('mp4', 32, 32, 2, { fps: 4 }), asks);
    assert.equal(
      slow.because,
      'video_urls[0] runs at 4 frames per second; it must be between 24 and 60 frames per second.',
    );
    assert.deepEqual(slow.details, { min_fps: 24, max_fps: 60, actual_fps: 4 });
  });

  it('asks for sound, or for none, where the model does', async () => {
    const [silent, loud] = [
      await sampleVideo('mp4', 32, 32, 1),
      await sampleVideo('mp4', 32, 32, 1, { sound: true }),
    ];
    assert.deepEqual([await problems(silent, CLIPS), await problems(loud, CLIPS)], [[], []]);
    const missing = await only(silent, { ...CLIPS, audioTrack: 'required' });
    assert.match(missing.because, /^video_urls\[0\] has no sound track;/);
    assert.deepEqual(missing.details, { audio_track: 'required', actual_audio_track: 'absent' });
    assert.deepEqual(await problems(loud, { ...CLIPS, audioTrack: 'required' }), []);
    const unwanted = await only(loud, { ...CLIPS, audioTrack: 'forbidden' });
    assert.match(unwanted.because, /^video_urls\[0\] has a sound track;/);
    assert.deepEqual(unwanted.details, { audio_track: 'forbidden', actual_audio_track: 'present' });
    assert.deepEqual(await problems(silent, { ...CLIPS, audioTrack: 'forbidden' }), []);
  });

  it('wants a picture track in a clip, and sound alone as sound', async () => {
    for (const container of ['mp4', 'webm'] as const) {
      const sound = await sampleVideo(container, 32, 32, 1, { sound: true, picture: false });
      const problem = await only(sound, CLIPS);
      assert.match(problem.because, /holds only sound \((M4A|WebM)\), no picture track/);
      assert.deepEqual(
        [problem.subtype, problem.details.required_track, problem.details.actual_tracks],
        ['unsupported_format', 'video', ['audio']],
      );
    }
    const withSound = await only(await sampleVideo('mp4', 32, 32, 1, { sound: true }), SOUNDS, 'audio');
    assert.match(
      withSound.because,
      /^audio_urls\[0\] is a video with sound \(MP4\); .* takes MP3, WAV or M4A/,
    );
    assert.match(withSound.remedy ?? '', /sound track alone/);
    const without = await only(await sampleVideo('mp4', 32, 32, 1), SOUNDS, 'audio');
    assert.match(without.because, /without a sound track/);
    assert.deepEqual(without.details.actual_tracks, ['video']);
    const m4a = await sampleVideo('mp4', 32, 32, 1, { sound: true, picture: false });
    assert.deepEqual(await problems(m4a, SOUNDS, 'audio'), [], 'an MP4 without a picture is sound');
    assert.match(
      (await only(await sampleImage('png', 32, 32), CLIPS)).because,
      /is a PNG image; .* takes MP4/,
    );
  });

  it('tells everything about a clip at once', async () => {
    const clip = await sampleVideo('mkv', 64, 32, 4, { fps: 10, sound: true });
    const found = await problems(clip, {
      ...CLIPS,
      maxBytes: 1000,
      minSide: 100,
      maxRatio: 1,
      maxSeconds: 2,
      minFps: 24,
      audioTrack: 'forbidden',
    });
    assert.deepEqual(
      found.map(({ subtype, details }) => [subtype, Object.keys(details).at(-1)]),
      [
        ['unsupported_format', 'formats'],
        ['file_too_large', 'actual_bytes'],
        ['image_dimension', 'actual_height'],
        ['image_dimension', 'actual_height'],
        ['video_duration', 'actual_seconds'],
        ['general', 'actual_fps'],
        ['general', 'actual_audio_track'],
      ],
    );
    assert.ok(found.every((problem) => (problem.mendableBy ?? []).length === 0));
  });

  it('finds sound cut off, by what the file says of itself', async () => {
    const formats = ['mp3', 'flac', 'ogg', 'wav'];
    for (const name of ['tone.mp3', 'tone.flac', 'tone.ogg'] as const) {
      const file = fixture(name);
      assert.deepEqual(await problems(file, { ...SOUNDS, formats }, 'audio'), [], name);
      for (const share of [0.1, 0.4, 0.7]) {
        const cut = file.subarray(0, Math.floor(file.byteLength * share));
        const problem = await only(cut, { ...SOUNDS, formats }, 'audio');
        assert.deepEqual([problem.code, problem.subtype], ['image_processing_error', 'corrupted'], name);
        assert.match(problem.because, /cut off|structure cannot be read/, `${name} at ${share}`);
      }
    }
    // All of its description and none of its sound: mediabunny alone would look for a last packet for ever.
    const flac = fixture('tone.flac');
    const described = flac.subarray(0, flac.indexOf(Buffer.from([0xff, 0xf8])) + 4);
    const soundless = await only(described, { ...SOUNDS, formats }, 'audio');
    assert.match(soundless.because, /cut off: its last part is missing/);
    const tagged = Buffer.concat([
      Buffer.from('ID3\x03\0\0\0\0\x01\x00', 'latin1'),
      Buffer.alloc(128),
      fixture('tone.mp3'),
    ]);
    assert.deepEqual(await problems(tagged, SOUNDS, 'audio'), []);
    assert.match((await only(tagged.subarray(0, 1500), SOUNDS, 'audio')).because, /cut off: it has 1500 of/);
  });

  it('names what is empty, too long, or in a container nobody here reads', async () => {
    assert.match((await only(sampleWav(0), SOUNDS, 'audio')).because, /lasts 0 s/);
    const long = await only(sampleWav(31), SOUNDS, 'audio');
    assert.deepEqual(
      [long.subtype, long.details.max_seconds, long.details.actual_seconds],
      ['video_duration', 30, 31],
    );
    const avi = Buffer.from(`RIFF\x40\0\0\0AVI LIST${'\0'.repeat(60)}`, 'latin1');
    assert.match((await only(avi, CLIPS)).because, /is an AVI video; this model takes MP4 or WebM/);
    const aiff = Buffer.from(`FORM\0\0\0\x40AIFFCOMM${'\0'.repeat(60)}`, 'latin1');
    assert.match((await only(aiff, SOUNDS, 'audio')).because, /is an AIFF audio file; this model takes MP3/);
    const hollow = (await sampleVideo('mp4', 32, 32, 1)).fill(0, 40);
    assert.equal((await only(hollow, CLIPS)).subtype, 'corrupted');
  });
});
