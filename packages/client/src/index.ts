export { type ErrorObject, TaskError } from '@sluice/errors';
export type {
  AudioRequest,
  CompletedTaskView,
  CreditsView,
  DictionaryEntryView,
  FailedTaskView,
  FileView,
  ImageRequest,
  ModelView,
  OperatorAttemptView,
  OperatorDecisionView,
  OperatorModerationView,
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
export type { FilePage, FileQuota, FileSource, Files, UploadOptions } from './files.ts';
export { type OperatorOptions, SluiceOperator } from './operator.ts';
export type { TaskFilter, Tasks, WaitOptions } from './tasks.ts';
export type { FetchFunction } from './transport.ts';
