/** Words that sound like one failure and tell of another: names of options, and the insides of a crashed program. Looked at first. */
import type { PhraseRow } from '../../phrases.ts';

export const HOMONYMS: readonly PhraseRow[] = [
  {
    // An option of the request that is named after a filter, a limit or a failure.
    means: 'invalid_parameters/general',
    say: [
      'safety|moderation|nsfw|content|harm tolerance|checker|filter|level|setting|settings|threshold|mode .. must|should|input|expected|boolean|valid|one',
      'safety|moderation checker|tolerance|level|settings|identifier not|unknown|unexpected|unsupported|unrecognized|extra',
      'moderation must|should|expected|one',
      'timeout|retries|concurrency|quota must|should be|between|positive',
      'max token|tokens must|should|cannot|not|greater|less|invalid|between|too',
      'webhook|callback|notify|redirect url|uri|urls',
      'required key|field|property|parameter|argument|input .. not|missing found|missing|provided|present|set',
      'invalid image|video|audio|music generation prompt|parameter|parameters|params|request|option|config',
      'only .. pro|professional|standard|std|fast|turbo|normal mode',
      // Options that exclude each other, not tasks.
      'cannot|cant|not set|used|specified|provided|passed|combined|supported|sent .. time|simultaneously|together',
      // Asking to cancel what is already done.
      'not|cannot|cant cancel|cancelable|cancellable|canceled|cancelled',
    ],
  },
  {
    // Its message is full of sizes and limits.
    means: 'resource_exhausted',
    or: ['service_error'],
    say: ['out of memory', 'outofmemory|oom|outofmemoryerror'],
  },
  {
    // A model that crashed speaks of sizes and shapes, but of its own.
    means: 'service_error',
    say: [
      'size|shape|dimension of tensor',
      'tensor|tensors .. must|match|device|mismatch|size|shape|dimension',
      'mat1 and mat2',
      'size mismatch for',
      'spatial dimension|dimensions',
      'expected .. tensor|tensors|dtype|device',
      'index out of range|bounds in',
      'list index out of range',
      'illegal memory access',
      'device side assert',
      'object has no attribute',
      'object is not subscriptable|iterable|callable',
      'unexpected keyword argument',
      'required positional argument|arguments',
      'cannot read properties|property of undefined|null',
      'undefined is not',
      'is not defined',
      'nil pointer dereference',
      'segmentation fault',
    ],
  },
];
