/** This node's leases: announced again and again, and the tasks of nodes that fell silent are taken over. */
import type { Timer } from '../clock.ts';
import type { TaskRecord } from '../store/records.ts';
import type { EngineDeps } from './context.ts';
import { LEASE_MS } from './schedule.ts';

const PAGE = 5_000;

export class Leases {
  readonly #deps: Pick<EngineDeps, 'store' | 'node' | 'clock' | 'log'>;
  readonly #takeUp: (task: TaskRecord) => void;
  #timer: Timer | null = null;

  constructor(
    deps: Pick<EngineDeps, 'store' | 'node' | 'clock' | 'log'>,
    takeUp: (task: TaskRecord) => void,
  ) {
    this.#deps = deps;
    this.#takeUp = takeUp;
  }

  /** Resolves when this node is announced and every task that no living node holds was taken up. */
  async start(): Promise<void> {
    await this.#renew();
    this.#schedule();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  async #renew(): Promise<void> {
    const { store, node, clock } = this.#deps;
    await store.heartbeat(node, clock.now() + LEASE_MS);
    for (;;) {
      const tasks = await store.takeOver(node, clock.now(), PAGE);
      for (const task of tasks) this.#takeUp(task);
      if (tasks.length < PAGE) return;
    }
  }

  #schedule(): void {
    this.#timer = this.#deps.clock.after(LEASE_MS / 3, () => {
      this.#schedule();
      this.#renew().catch((error: unknown) => {
        this.#deps.log.error({ err: error }, 'the heartbeat could not be written');
      });
    });
  }
}
