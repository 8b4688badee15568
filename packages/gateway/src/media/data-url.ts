/** The bytes of a `data:` URL (RFC 2397), or null where it is none or is not well formed. Its media type is a claim, and is dropped. */
export function bytesOfDataUrl(url: string): Uint8Array | null {
  const comma = url.indexOf(',');
  if (comma < 0 || !/^data:/i.test(url)) return null;
  const isBase64 = /;\s*base64\s*$/i.test(url.slice(0, comma));
  const payload = url.slice(comma + 1);
  if (!isBase64) return percentDecoded(payload);
  // Some encoders escape "+", "/" and "=", some wrap lines; both are unambiguous.
  const plain = payload.includes('%') ? percentDecoded(payload) : null;
  const base64 = (plain ? Buffer.from(plain).toString('latin1') : payload).replace(/[\r\n\t ]/g, '');
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(base64)) return null;
  if (base64.replace(/=+$/, '').length % 4 === 1) return null;
  return Buffer.from(base64, 'base64');
}

function percentDecoded(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'utf8');
  const decoded = Buffer.alloc(bytes.byteLength);
  let length = 0;
  for (let at = 0; at < bytes.byteLength; at++) {
    const hex = bytes[at] === 0x25 ? bytes.toString('latin1', at + 1, at + 3) : '';
    if (/^[0-9a-f]{2}$/i.test(hex)) {
      decoded[length++] = Number.parseInt(hex, 16);
      at += 2;
    } else {
      decoded[length++] = bytes[at] ?? 0;
    }
  }
  return decoded.subarray(0, length);
}
