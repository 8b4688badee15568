/** `multipart/form-data` that is written as it is sent: short fields first, then the file, of which memory holds one piece. */
import type { Content } from './transport.ts';

export function multipart(
  file: AsyncIterable<Uint8Array>,
  fileName: string,
  fields: Readonly<Record<string, string>>,
  onProgress: ((sentBytes: number) => void) | undefined,
): Content {
  const random = crypto.getRandomValues(new Uint8Array(16));
  const boundary = `sluice-${[...random].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
  const part = (name: string, more = '') =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${escaped(name)}"${more}\r\n`;

  async function* pieces(): AsyncGenerator<Uint8Array> {
    const text = new TextEncoder();
    const texts = Object.entries(fields).map(([name, value]) => `${part(name)}\r\n${value}\r\n`);
    const head = part('file', `; filename="${escaped(fileName)}"`);
    yield text.encode(`${texts.join('')}${head}Content-Type: application/octet-stream\r\n\r\n`);
    let sent = 0;
    for await (const piece of file) {
      yield piece;
      sent += piece.byteLength;
      onProgress?.(sent);
    }
    yield text.encode(`\r\n--${boundary}--\r\n`);
  }

  return { body: streamOf(pieces()), type: `multipart/form-data; boundary=${boundary}` };
}

/** As browsers do it. */
function escaped(name: string): string {
  return name.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function streamOf(pieces: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await pieces.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    // Closes the file of an upload that was given up.
    async cancel() {
      await pieces.return(undefined);
    },
  });
}
