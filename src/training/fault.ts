/** Whose fault an end is, as the first word of a FailureReason says it (training contract §1.6). */
export type FaultKind = 'AlgorithmError' | 'ClientError' | 'InternalServerError' | 'CapacityError';

/** The phase of a job in which something ended. */
export type Phase = 'Starting' | 'Downloading' | 'Training' | 'Uploading';

/** Why a job failed. Only infrastructure faults (`InternalServerError`) may be retried. */
export class JobFault extends Error {
  readonly kind: FaultKind;
  /** Where it happened, in a job of several hosts. */
  readonly host: string | undefined;

  constructor(kind: FaultKind, message: string, host?: string) {
    super(message);
    this.name = 'JobFault';
    this.kind = kind;
    this.host = host;
  }
}

/** What a fault is as a FailureReason. */
export const faultReason = ({ kind, message, host }: JobFault): string =>
  failureReason(kind, message, host === undefined ? '' : ` (on ${host})`);

/** FailureReason holds at most this many characters (service model). */
const LONGEST_REASON = 1024;

/** The FailureReason's text, cut to what the member can hold; `ending` is kept whole where there is room for it. */
export function failureReason(kind: FaultKind, text: string, ending = ''): string {
  const head = `${kind}: `;
  return head + text.slice(0, LONGEST_REASON - head.length - ending.length) + ending;
}
