/** For tests: a fetcher on a fake internet, with a clock that moves only when told to and a scratch folder of its own. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '../clock.ts';
import type { FetchFailure } from './failure.ts';
import { FakeInternet, PUBLIC_ADDRESS } from './fake-internet.ts';
import { createFetcher, type DownloadedFile, type FetchedMedia, type FetchPolicy } from './fetcher.ts';

export const MAX_BYTES = 100_000;

export class FetchTrial {
  readonly internet = new FakeInternet();
  readonly clock = new ManualClock();
  readonly scratch: string;

  private constructor(scratch: string) {
    this.scratch = scratch;
    this.internet.name('media.test', [PUBLIC_ADDRESS]);
  }

  static async open(): Promise<FetchTrial> {
    return new FetchTrial(await mkdtemp(join(tmpdir(), 'sluice-fetch-')));
  }

  /** Fails where a download left its file behind. */
  async close(): Promise<void> {
    await this.internet.close();
    const left = await readdir(this.scratch);
    await rm(this.scratch, { recursive: true, force: true });
    assert.deepEqual(left, [], 'nothing is left in the scratch folder');
  }

  fetch(
    url: string,
    policy: Partial<FetchPolicy> = {},
    signal: AbortSignal = new AbortController().signal,
  ): Promise<FetchedMedia> {
    const fetcher = createFetcher(
      { allowHttpLoopback: false, scratch: this.scratch, ...policy },
      { clock: this.clock, network: this.internet },
    );
    return fetcher.fetchMedia(url, { maxBytes: MAX_BYTES, signal, purpose: 'input' });
  }

  /** What comes of asking a server that answers like this. */
  async failureFor(handler: RequestListener, url = 'https://media.test/a.jpg'): Promise<FetchFailure> {
    await this.internet.serve(handler);
    return failureIn(await this.fetch(url));
  }
}

export function failureIn(fetched: FetchedMedia): FetchFailure {
  assert.ok(fetched.kind === 'failed', 'expected the download to fail');
  return fetched.failure;
}

export function fileIn(fetched: FetchedMedia): DownloadedFile {
  assert.ok(fetched.kind === 'fetched', JSON.stringify(fetched));
  return fetched;
}
