/** What a ComfyUI server says when it refuses a graph or fails to run it, by scenario. Facts from its source and from reports. */
import { json, type Reply, type Scenario } from './emulator.ts';

export interface Refusal {
  readonly description: string;
  readonly ends: Ends;
  readonly reply: Reply;
}

export interface RunError {
  readonly description: string;
  readonly ends: Ends;
  /** The fields of the `execution_error` message that say why. */
  readonly said: { readonly exception_type?: string; readonly exception_message: string };
}

type Ends = Exclude<Scenario['ends'], 'completed'>;

/** What `POST /prompt` is answered with. */
export const REFUSALS: Readonly<Record<string, Refusal>> = {
  wide: {
    description: 'A node is given a width beyond its maximum.',
    ends: { code: 'invalid_parameters', subtype: 'image_dimension' },
    reply: invalidNode('value_bigger_than_max', 'Value 20000 bigger than max of 16384', 'width', {
      input_name: 'width',
      received_value: 20000,
    }),
  },
  option: {
    description: 'A node is given a value that is not in its list.',
    ends: { code: 'invalid_parameters' },
    reply: invalidNode(
      'value_not_in_list',
      'Value not in list',
      "sampler_name: 'fast' not in (list of length 43)",
      {
        input_name: 'sampler_name',
        received_value: 'fast',
      },
    ),
  },
  missing_node: {
    description: 'A custom node of the graph is not installed.',
    ends: { code: 'invalid_parameters' },
    reply: invalidGraph(
      'missing_node_type',
      "Node 'Upscaler' not found. The custom node may not be installed.",
    ),
  },
  no_outputs: {
    description: 'The graph has no output node.',
    ends: { code: 'invalid_parameters' },
    reply: invalidGraph('prompt_no_outputs', 'Prompt has no outputs'),
  },
  broken_image: {
    description: 'A loader node finds no valid picture under the name it is given.',
    ends: { code: 'image_processing_error' },
    reply: invalidNode(
      'custom_validation_failed',
      'Custom validation failed for node',
      'image - Invalid image file: input.png',
      {
        input_name: 'image',
      },
    ),
  },
  too_large: {
    description: 'The body is larger than the server takes.',
    ends: { code: 'invalid_parameters', subtype: 'file_too_large' },
    reply: { kind: 'text', status: 413, body: 'Maximum request body size 104857600 exceeded.' },
  },
  proxy_key: {
    description: 'A proxy in front of the server wants a password.',
    ends: { code: 'service_unavailable' },
    reply: page(401, '401 Authorization Required'),
  },
  proxy_down: {
    description: 'A proxy finds the server down.',
    ends: { code: 'service_unavailable' },
    reply: page(503, '503 Service Temporarily Unavailable'),
  },
  proxy_lost: {
    description: 'A proxy loses the server in the middle of the call: the prompt may be queued.',
    ends: { code: 'service_error' },
    reply: page(502, '502 Bad Gateway'),
  },
  crash: {
    description: "The server's own handler throws: the prompt may be queued.",
    ends: { code: 'service_error' },
    reply: { kind: 'text', status: 500, body: '500 Internal Server Error\n\nServer got itself in trouble' },
  },
};

/** How a run fails. */
export const RUN_ERRORS: Readonly<Record<string, RunError>> = {
  gpu_memory: {
    description: 'The graphics memory is full.',
    ends: { code: 'resource_exhausted' },
    said: { exception_type: 'torch.OutOfMemoryError', exception_message: 'Allocation on device ' },
  },
  gpu_memory_in_node: {
    description: 'The graphics memory is full inside a custom node, which says so only in words.',
    ends: { code: 'resource_exhausted' },
    said: { exception_type: 'RuntimeError', exception_message: 'CUDA error: out of memory' },
  },
  lost_input: {
    description: 'A loader node does not find its file.',
    ends: { code: 'image_processing_error' },
    said: {
      exception_type: 'FileNotFoundError',
      exception_message: "[Errno 2] No such file or directory: 'input.png'",
    },
  },
  unreadable_input: {
    description: 'A loader node cannot read its picture.',
    ends: { code: 'image_processing_error', subtype: 'corrupted' },
    said: {
      exception_type: 'PIL.UnidentifiedImageError',
      exception_message: 'cannot identify image file <_io.BytesIO object>',
    },
  },
  partner_login: {
    description: 'A partner node has no account.',
    ends: { code: 'service_unavailable' },
    said: {
      exception_type: 'Exception',
      exception_message: 'Unauthorized: Please login first to use this node.',
    },
  },
  partner_credits: {
    description: "A partner node's account is empty.",
    ends: { code: 'quota_exceeded', subtype: 'account_quota' },
    said: {
      exception_type: 'Exception',
      exception_message: 'Payment Required: Please add credits to your account to use this node.',
    },
  },
  partner_policy: {
    description: "A partner node's vendor blocks the result; its error is JSON in the text.",
    ends: { code: 'content_policy_violation', subtype: 'third_party_content' },
    said: {
      exception_message:
        'Polling aborted due to error: Task failed: {"error": {"code": "OutputVideoSensitiveContentDetected.PolicyViolation", "message": "the output video may be related to copyright restrictions"}}',
    },
  },
  node_bug: {
    description: 'A node throws.',
    ends: { code: 'service_error' },
    said: {
      exception_type: 'AttributeError',
      exception_message: "'NoneType' object has no attribute 'shape'",
    },
  },
};

/** Node 3 of the graph was given something it does not take. */
export function nodeErrors(type: string, message: string, details: string, extra: Record<string, unknown>) {
  const error = { type, message, details, extra_info: extra };
  return { 3: { errors: [error], dependent_outputs: ['9'], class_type: 'KSampler' } };
}

function invalidNode(type: string, message: string, details: string, extra: Record<string, unknown>): Reply {
  const summary = 'Prompt outputs failed validation';
  const error = { type: 'prompt_outputs_failed_validation', message: summary, details: '', extra_info: {} };
  return json(400, { error, node_errors: nodeErrors(type, message, details, extra) });
}

function invalidGraph(type: string, message: string): Reply {
  return json(400, { error: { type, message, details: '', extra_info: {} }, node_errors: {} });
}

function page(status: number, title: string): Reply {
  const body = `<html><head><title>${title}</title></head><body><center><h1>${title}</h1></center><hr><center>nginx</center></body></html>`;
  return { kind: 'text', status, type: 'text/html', body };
}
