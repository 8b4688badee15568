/** THE place where failed downloads get their meaning: for an input, what the client is told; for a result, evidence about the upstream. */
import type { Evidence } from '@sluice/errors';
import type { BadUrl, FailedFetch, FetchFailure, FetchStage } from '../net/failure.ts';
import type { Problem } from './problem.ts';

type Told = Pick<Problem, 'because'> & {
  readonly subtype: 'url_inaccessible' | 'network' | 'unsupported_format';
  readonly remedy?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly afterSeconds?: number | null;
};

const BAD_URL: Readonly<Record<BadUrl, string>> = {
  not_a_url: 'is not a complete URL',
  too_long: 'is longer than 8192 characters',
  credentials: 'contains a user name or password',
  no_host: 'names no host',
};

const TLS: Readonly<Record<Extract<FetchFailure, { reason: 'tls' }>['problem'], string>> = {
  expired: 'its certificate has expired',
  untrusted: 'its certificate is not issued by an authority that is publicly trusted',
  wrong_host: 'its certificate belongs to another host',
  handshake: 'no secure connection could be agreed',
};

const STAGES: Readonly<Record<FetchStage, string>> = {
  dns: 'the name of its host could not be looked up',
  connect: 'its host did not accept a connection',
  headers: 'its host did not begin to answer',
  total: 'it was not downloaded completely',
  slow_body: 'its host sent almost nothing',
};

/**
 * `param` is the field that held the URL. What a server said never becomes part of it. `takenBytes` is what would have been taken,
 * where the download went on beyond it to find out whether the file can be made smaller.
 */
export function problemOfDownload(failure: FetchFailure, param: string, takenBytes?: number): Problem {
  if (failure.reason === 'too_large') {
    const { actualBytes } = failure;
    const maxBytes = Math.min(failure.maxBytes, takenBytes ?? failure.maxBytes);
    const size = actualBytes === null ? 'more' : `${grouped(actualBytes)} bytes`;
    return {
      code: 'invalid_parameters',
      subtype: 'file_too_large',
      param,
      because: `${param} is too large: at most ${grouped(maxBytes)} bytes are accepted, and its host sends ${size}.`,
      details: {
        max_bytes: maxBytes,
        ...(actualBytes === null ? {} : { actual_bytes: actualBytes }),
        reason: failure.reason,
      },
    };
  }
  const told = tell(failure, param);
  return {
    code: 'image_processing_error',
    ...told,
    param,
    details: { reason: failure.reason, ...told.details },
  };
}

function tell(failure: Exclude<FetchFailure, { reason: 'too_large' }>, param: string): Told {
  switch (failure.reason) {
    case 'bad_url':
      return {
        ...inaccessible(`${param} cannot be opened: it ${BAD_URL[failure.problem]}.`),
        remedy: 'Give a complete https:// URL without user name and password.',
        details: { problem: failure.problem },
      };
    case 'forbidden_scheme':
      return {
        ...inaccessible(`${param} begins with "${safe(failure.scheme)}:"; only https: links are opened.`),
        remedy: 'Give an https:// URL, or send the file itself as a data URL.',
        details: { scheme: safe(failure.scheme) },
      };
    case 'forbidden_port':
      return {
        ...inaccessible(`${param} names port ${failure.port}, which is not opened.`),
        remedy: 'Serve the file on the usual https port.',
        details: { port: failure.port },
      };
    case 'forbidden_host':
      return {
        ...inaccessible(`${param} is on a host that this service does not download from.`),
        remedy: 'Put the file on another host, or send it as a data URL.',
      };
    case 'forbidden_address':
      return {
        ...inaccessible(`${param} does not lead to the public internet.`),
        remedy: 'Give a link that anyone on the internet can open, or send the file as a data URL.',
      };
    case 'dns':
      return failure.temporary
        ? network(`The host of ${param} could not be looked up just now.`)
        : {
            ...inaccessible(`The host of ${param} does not exist.`),
            remedy: 'Check the spelling of the link.',
          };
    case 'refused':
      return network(`The host of ${param} could not be connected to.`);
    case 'tls':
      return failure.problem === 'handshake'
        ? network(`The host of ${param} could not be connected to: ${TLS.handshake}.`)
        : {
            ...inaccessible(`The host of ${param} cannot be trusted: ${TLS[failure.problem]}.`),
            remedy: 'Use a host with a valid certificate, or send the file as a data URL.',
            details: { problem: failure.problem },
          };
    case 'timeout':
      return {
        ...network(`${param} took too long: ${STAGES[failure.stage]} within ${failure.limitMs / 1000} s.`),
        details: { stage: failure.stage, limit_seconds: failure.limitMs / 1000 },
      };
    case 'needs_authentication':
      return {
        ...inaccessible(`${param} needs a login or permission: its host answered ${failure.status}.`),
        remedy: 'Give a public link that opens in a private browser window, or send the file as a data URL.',
        details: { http_status: failure.status },
      };
    case 'expired_link':
      return {
        ...inaccessible(`${param} is a signed link whose time is over.`),
        remedy: 'Create a fresh link that stays valid for some minutes.',
        details: { http_status: failure.status },
      };
    case 'gone':
      return {
        ...inaccessible(`Nothing is at ${param} (any more): its host answered ${failure.status}.`),
        remedy: 'Check the link; if the file was removed, upload it again.',
        details: { http_status: failure.status },
      };
    case 'blocked':
      return {
        ...inaccessible(`${param} is guarded by ${failure.by}, which refuses downloads by programs.`),
        remedy: 'Put the file on a host that allows direct downloads, or send it as a data URL.',
        details: { http_status: failure.status, blocked_by: failure.by },
      };
    case 'http_status':
      return failure.status >= 500 || failure.status === 429 || failure.status === 408
        ? {
            ...network(`The host of ${param} answered ${failure.status}.`),
            details: { http_status: failure.status },
            afterSeconds: failure.retryAfterSeconds,
          }
        : {
            ...inaccessible(`The host of ${param} answered ${failure.status} instead of the file.`),
            details: { http_status: failure.status },
          };
    case 'too_many_redirects':
      return {
        ...inaccessible(`${param} redirects more than ${failure.max} times.`),
        remedy: 'Give the address that the link finally leads to.',
        details: { max_redirects: failure.max },
      };
    case 'html_instead_of_media': {
      const where = failure.site === null ? '' : ` of ${failure.site}`;
      return {
        ...inaccessible(`${param} is a web page${where}, not an image, video or audio file.`),
        remedy: 'Give the direct link to the file ("copy image address"), not to the page that shows it.',
        details: failure.site === null ? {} : { site: failure.site },
      };
    }
    case 'compressed':
      return {
        ...inaccessible(`The host of ${param} sends the file compressed, although it was asked not to.`),
        remedy: 'Serve the file without Content-Encoding, or send it as a data URL.',
      };
    case 'interrupted':
      return network(`The download of ${param} broke off.`);
    default: {
      const never: never = failure;
      return never;
    }
  }
}

/** A result that could not be fetched: what was heard, for the classifier and the operator. */
export function evidenceOfDownload({ failure, heard }: FailedFetch, provider: string): Evidence {
  return {
    provider,
    phase: 'download',
    status: heard.status,
    headers: heard.headers,
    // Where nothing came over the wire the guard itself said no; its reason is all there is to know.
    body: heard.body ?? { name: 'DownloadFailed', message: failure.reason, code: failure.reason },
  };
}

function inaccessible(because: string): Told {
  return { subtype: 'url_inaccessible', because };
}

function network(because: string): Told {
  return { subtype: 'network', because };
}

/** A scheme is the one thing repeated of what was sent; letters and digits only. */
function safe(scheme: string): string {
  return scheme.replace(/[^a-z0-9+.-]/gi, '');
}

function grouped(bytes: number): string {
  return bytes.toLocaleString('en-US');
}
