/**
 * Ids that a client may choose itself, so that its own log and ours agree. Any other is ignored, because ours go into logs
 * and must not carry what somebody else wrote.
 */
const CLIENT_CHOSEN = /^req_[A-Za-z0-9_-]{8,64}$/;

/**
 * The id of the next request; `chosen` is its `X-Request-Id` header. Ids differ between processes by a random part and within
 * one by a counter: a random id for each request would cost more.
 */
export function requestIds(randomId: () => string): (chosen?: unknown) => string {
  const prefix = `req_${randomId().slice(0, 12)}`;
  let count = 0;
  return (chosen) => {
    if (typeof chosen === 'string' && CLIENT_CHOSEN.test(chosen)) return chosen;
    count += 1;
    return prefix + count.toString(36).padStart(6, '0');
  };
}
