/**
 * How long requests took, as one Prometheus histogram. Written by hand because every request passes here: a prom-client
 * histogram looks its labels up anew at each observation, which costs about as much as the rest of a small answer.
 */
const BOUNDS = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 60];
const NAME = 'sluice_http_request_seconds';

interface Times {
  /** One more than there are bounds: the last is for what is longer than all of them. */
  readonly counts: number[];
  sum: number;
}

export class RequestTimes {
  /** By route, then by the first digit of the status. */
  readonly #times = new Map<string, (Times | undefined)[]>();

  record(route: string, status: number, seconds: number): void {
    const times = this.#of(route, Math.trunc(status / 100));
    times.sum += seconds;
    let bucket = 0;
    while (bucket < BOUNDS.length && seconds > (BOUNDS[bucket] ?? 0)) bucket++;
    times.counts[bucket] = (times.counts[bucket] ?? 0) + 1;
  }

  /** In the Prometheus text format. */
  text(): string {
    const lines = [
      `# HELP ${NAME} Time from a request to the beginning of its answer.`,
      `# TYPE ${NAME} histogram`,
    ];
    for (const [route, byStatus] of this.#times) {
      for (const [digit, times] of byStatus.entries()) {
        if (!times) continue;
        const labels = `route="${route}",status="${digit}xx"`;
        let total = 0;
        for (const [i, count] of times.counts.entries()) {
          total += count;
          lines.push(`${NAME}_bucket{le="${BOUNDS[i] ?? '+Inf'}",${labels}} ${total}`);
        }
        lines.push(`${NAME}_sum{${labels}} ${times.sum}`, `${NAME}_count{${labels}} ${total}`);
      }
    }
    return `${lines.join('\n')}\n`;
  }

  #of(route: string, digit: number): Times {
    let byStatus = this.#times.get(route);
    if (!byStatus) {
      byStatus = [];
      this.#times.set(route, byStatus);
    }
    let times = byStatus[digit];
    if (!times) {
      times = { counts: new Array<number>(BOUNDS.length + 1).fill(0), sum: 0 };
      byStatus[digit] = times;
    }
    return times;
  }
}
