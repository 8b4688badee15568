/** The operator's calls about moderation: what it sees, what was decided, and letting it pass for a key. */
import { TaskError } from '@sluice/errors';
import {
  DecisionsQuery,
  type OperatorDecisionView,
  type OperatorModerationView,
  OverruleQuery,
  OverruleRequest,
} from '@sluice/protocol';
import type { FastifyRequest } from 'fastify';
import { type DecisionRecord, type Overrule, overrulable, overrule } from '../moderation/decisions.ts';
import type { HttpDeps } from './deps.ts';
import { operatorKeyId } from './operator.ts';
import { checked, pathPart } from './params.ts';
import { iso } from './task-view.ts';

type Deps = Pick<HttpDeps, 'decisions' | 'sight' | 'clock' | 'log' | 'operatorKeyHash'>;

export function decisionHandlers({ decisions, sight, clock, log, operatorKeyHash }: Deps) {
  // Without an operator's key nobody reaches these calls.
  const by = operatorKeyHash === null ? null : operatorKeyId(operatorKeyHash);
  const shown = async (id: string): Promise<OperatorDecisionView> => {
    const decision = await decisions.find(id);
    if (!decision) throw unknownDecision(id);
    return view(decision, await decisions.overrulesOf(id));
  };

  return {
    operatorModeration: async () => viewSight(sight),

    async operatorDecisions(request: FastifyRequest) {
      const { limit = 50 } = checked(DecisionsQuery, request.query);
      const recent = await decisions.recent(limit);
      const data = await Promise.all(
        recent.map(async (one) => view(one, await decisions.overrulesOf(one.id))),
      );
      return { object: 'list', data };
    },

    operatorDecision: (request: FastifyRequest) => shown(pathPart(request, 'id')),

    async operatorOverrule(request: FastifyRequest) {
      const id = pathPart(request, 'id');
      const keyId = checked(OverruleRequest, request.body)?.key_id;
      const now = clock.now();
      const outcome = await overrule(decisions, id, { by, now, ...(keyId === undefined ? {} : { keyId }) });
      switch (outcome.kind) {
        case 'overruled':
          log.info(
            { decisionId: id, keyId: outcome.overrule.keyId, by, requestId: request.id },
            'an operator overruled a moderation decision',
          );
          return shown(id);
        case 'unknown_decision':
          throw unknownDecision(id);
        case 'unknown_key':
          throw new TaskError('resource_not_found', {
            because: keyId === undefined ? 'Its key is gone.' : `There is no key ${quoted(keyId)}.`,
            remedy: 'Give the id of a key, as `sluice keys list` shows it, and not the key itself.',
            param: 'key_id',
          });
        case 'nothing_to_overrule':
          throw new TaskError('invalid_parameters', {
            because: 'No finding decided it: a detector could not look.',
            remedy: 'See why in `failures`; `moderation.on_error` says what happens meanwhile.',
            param: 'id',
          });
        case 'not_allowed':
          throw new TaskError('forbidden', {
            because:
              'Sexualised minors, and a face together with adult content, are never let pass for a key.',
            remedy:
              'Nothing can be done about this decision; docs/moderation.md says what no setting changes.',
            param: 'id',
          });
        default: {
          const never: never = outcome;
          return never;
        }
      }
    },

    async operatorUndoOverrule(request: FastifyRequest) {
      const id = pathPart(request, 'id');
      const { key_id: keyId = null } = checked(OverruleQuery, request.query);
      const removed = await decisions.removeOverrules(id, keyId);
      if (removed > 0) {
        log.info({ decisionId: id, keyId, by, requestId: request.id }, 'an operator took an overrule back');
      }
      return shown(id);
    },
  };
}

function view(decision: DecisionRecord, overrules: readonly Overrule[]): OperatorDecisionView {
  const { verdict } = decision;
  const found = verdict.kind !== 'allow' && verdict.by !== 'detector_failed' ? verdict : null;
  return {
    object: 'operator.decision',
    id: decision.id,
    at: iso(decision.at),
    task_id: decision.taskId,
    account_id: decision.accountId,
    key_id: decision.keyId,
    model: decision.model,
    stage: decision.stage,
    verdict: verdict.kind,
    decided_by: verdict.kind === 'allow' ? null : verdict.by,
    deciding: found && viewFinding(found.deciding),
    threshold: found?.threshold ?? null,
    findings: decision.findings.map(viewFinding),
    failures: decision.failures.map((failure) => ({ ...failure })),
    can_overrule: overrulable(verdict).kind === 'yes',
    overruled_for: overrules.map(({ keyId, by, at }) => ({ key_id: keyId, by, at: iso(at) })),
  };
}

function viewSight({ detectors, videos }: HttpDeps['sight']): OperatorModerationView {
  return {
    object: 'operator.moderation',
    detectors: detectors.map(({ name, looksAt }) => ({ name, looks_at: [...looksAt] })),
    videos: {
      watch: videos.kind,
      frames: videos.kind === 'watched' ? videos.frames : null,
      reason: videos.kind === 'watched' ? null : videos.reason,
    },
  };
}

function viewFinding(finding: DecisionRecord['findings'][number]): OperatorDecisionView['findings'][number] {
  const { category, score, input, atSeconds, detector, rule, why, spans, absolute } = finding;
  return {
    category,
    score,
    input,
    ...(atSeconds === undefined ? {} : { at_seconds: atSeconds }),
    detector,
    rule,
    why,
    spans: spans.map(({ start, end }) => ({ start, end })),
    absolute,
  };
}

function unknownDecision(id: string): TaskError {
  return new TaskError('resource_not_found', {
    because: `There is no decision ${quoted(id)}: it never was, or it is older than 30 days.`,
    remedy: 'Take `details.decision_id` of the error, or see `GET /operator/v1/decisions`.',
    param: 'id',
  });
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
