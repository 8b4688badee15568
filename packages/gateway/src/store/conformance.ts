/**
 * The store's promises as tests, for any engine: each sentence of store.ts is one or more tests here. Read `subject.ts` for what
 * an engine has to bring along.
 *
 *   storeConformance('sqlite', openSubject);
 */
import { describe } from 'node:test';
import { accountTests } from './conformance/accounts.ts';
import { admissionTests } from './conformance/admission.ts';
import { cancelTests } from './conformance/cancel.ts';
import { crashTests } from './conformance/crash.ts';
import { creditTests } from './conformance/credits.ts';
import { decisionTests } from './conformance/decisions.ts';
import { leaseTests } from './conformance/leases.ts';
import { leftBehindTests } from './conformance/left-behind.ts';
import { lifeTests } from './conformance/life.ts';
import { listTests } from './conformance/lists.ts';
import { retentionTests } from './conformance/retention.ts';
import type { OpenSubject } from './conformance/subject.ts';
import { uploadTests } from './conformance/uploads.ts';

export type { OpenSubject, Subject } from './conformance/subject.ts';

export function storeConformance(name: string, open: OpenSubject): void {
  describe(`store: ${name}`, () => {
    describe('admission', () => admissionTests(open));
    describe('the life of a task', () => lifeTests(open));
    describe('cancelling', () => cancelTests(open));
    describe('leases', () => leaseTests(open));
    describe('credits', () => creditTests(open));
    describe('accounts, keys and secrets', () => accountTests(open));
    describe('lists and look-ups', () => listTests(open));
    describe('what was left behind', () => leftBehindTests(open));
    describe('retention', () => retentionTests(open));
    describe('uploads', () => uploadTests(open));
    describe('moderation decisions', () => decisionTests(open));
    describe('a killed process', () => crashTests(open));
  });
}
