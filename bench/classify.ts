/** Verdicts a second on one core, over the package's own corpus of real errors. Run: `node bench/classify.ts [FOLDER]`. */
import { classify } from '@sluice/errors';
import { OWN_CORPUS, readCorpus } from '../packages/errors/src/corpus/score.ts';

const SECONDS = 3;

export function classifyRate(folder: string = OWN_CORPUS): { perSecond: number; verdicts: number } {
  const { entries, problems } = readCorpus(folder);
  if (problems.length > 0) throw new Error(problems[0]);
  const evidence = entries.map((entry) => entry.evidence);
  for (let round = 0; round < 20; round++) for (const one of evidence) classify(one);
  let verdicts = 0;
  const start = process.cpuUsage();
  while (cpuSeconds(start) < SECONDS) {
    for (const one of evidence) classify(one);
    verdicts += evidence.length;
  }
  return { perSecond: Math.round(verdicts / cpuSeconds(start)), verdicts };
}

/** Seconds of processor time, so that neighbours on the machine do not count. */
function cpuSeconds(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
}

if (import.meta.main) {
  const { perSecond } = classifyRate(process.argv[2]);
  console.log(`classify: ${perSecond.toLocaleString('en')} verdicts/s`);
}
