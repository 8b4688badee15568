/** What the fetcher needs of the outside world: names, sockets, and whom to trust. Tests bring their own. */
import { Resolver } from 'node:dns/promises';
import { connect, type Socket } from 'node:net';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';

export interface Network {
  /** Every address of a name, IPv4 and IPv6. Rejects with the resolver's error (`code: 'ENOTFOUND'` ...). */
  resolve(host: string): Promise<readonly string[]>;
  /** Begins to connect. `address` is always an IP address that was checked, never a name. */
  dial(address: string, port: number): Socket;
  /** Begins to connect to the operator's own proxy: a name will do, and so does a private address. */
  dialProxy(host: string, port: number): Socket;
  /** Whom to believe. Made once: a context of its own for each connection costs milliseconds and a megabyte. */
  readonly trust: SecureContext;
}

/** The authorities Node trusts, and further ones (PEM). */
export function trustStore(further: readonly string[] = []): SecureContext {
  return createSecureContext(
    further.length === 0 ? {} : { ca: [...getCACertificates('default'), ...further] },
  );
}

/**
 * Names are asked over DNS directly (c-ares), not with `getaddrinfo`: that would occupy one of four pool threads for as long as a
 * hostile name server pleases, and the file system and image decoding wait in the same queue.
 */
export function systemNetwork(): Network {
  const resolver = new Resolver({ timeout: 2000, tries: 2 });
  return {
    async resolve(host) {
      const [four, six] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
      const found = [
        ...(four.status === 'fulfilled' ? four.value : []),
        ...(six.status === 'fulfilled' ? six.value : []),
      ];
      if (found.length === 0 && four.status === 'rejected') throw four.reason;
      return found;
    },
    trust: trustStore(),
    dial: (address, port) => connect({ host: address, port, autoSelectFamily: false }),
    // As any program of this machine would find it, `/etc/hosts` included.
    dialProxy: (host, port) => connect({ host, port }),
  };
}
