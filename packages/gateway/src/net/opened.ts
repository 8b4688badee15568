import type { Socket } from 'node:net';
import type { Watch } from './watch.ts';

/** Waits until a socket is open; rejects with its error, or as soon as the watch ends. */
export async function opened(
  socket: Socket,
  event: 'connect' | 'secureConnect',
  watch: Watch,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onClose = () => reject(Object.assign(new Error('closed before it was open'), { code: 'ECONNRESET' }));
  socket.once(event, resolve);
  socket.once('error', reject);
  socket.once('close', onClose);
  try {
    await watch.until(promise);
  } finally {
    socket.off(event, resolve);
    socket.off('close', onClose);
    // `error` keeps a listener, so that a late one cannot end the process before the next owner listens.
    socket.on('error', () => {});
  }
}
