/** An emulator's jobs: each moves on with every poll, and ends as its scenario says. */

export type JobState = 'queued' | 'running' | 'over';

export interface Job {
  readonly id: string;
  /** From the prompt; null is the happy path. */
  readonly scenario: string | null;
  readonly input: Readonly<Record<string, unknown>>;
  polls: number;
  cancelled: boolean;
}

export class Jobs {
  readonly #jobs = new Map<string, Job>();
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  get made(): number {
    return this.#jobs.size;
  }

  make(
    scenario: string | null,
    input: Readonly<Record<string, unknown>>,
    id = `${this.#prefix}${this.#jobs.size + 1}`,
  ): Job {
    const job: Job = { id, scenario, input, polls: 0, cancelled: false };
    this.#jobs.set(job.id, job);
    return job;
  }

  find(id: string | undefined): Job | null {
    return (id === undefined ? undefined : this.#jobs.get(id)) ?? null;
  }

  /** Counts a poll and says where the job is now. */
  poll(job: Job): JobState {
    job.polls++;
    if (job.polls === 1) return 'queued';
    return job.polls === 2 ? 'running' : 'over';
  }
}
