export { type ErrorObject, TaskError } from '@sluice/errors';
export type {
  AudioRequest,
  CompletedTaskView,
  CreditsView,
  DictionaryEntryView,
  FailedTaskView,
  ImageRequest,
  ModelView,
  OperatorAttemptView,
  OperatorDecisionView,
  OperatorTaskView,
  PreflightRequest,
  PreflightView,
  ResultView,
  RouteReportView,
  TaskList,
  TaskView,
  UnknownGroupView,
  UnknownsView,
  VideoRequest,
} from '@sluice/protocol';
export { type Extra, Sluice, type SluiceOptions, type SubmitOptions } from './client.ts';
export { isFinal } from './events.ts';
export { type OperatorOptions, SluiceOperator } from './operator.ts';
export type { TaskFilter, Tasks, WaitOptions } from './tasks.ts';
export type { FetchFunction } from './transport.ts';
