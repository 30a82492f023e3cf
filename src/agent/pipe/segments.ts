import type { PipeObject } from './pipe-plan.ts';

/** Some bytes of an object that is not pinned: what a feeder asks for at once. */
export interface Segment {
  readonly object: PipeObject;
  readonly start: number;
  readonly length: number;
}

const SEGMENT_BYTES = 16 * 1024 * 1024;

export function* segmentsOf(object: PipeObject, segmentBytes = SEGMENT_BYTES): Generator<Segment> {
  for (let start = 0; start < object.size; start += segmentBytes) {
    yield { object, start, length: Math.min(segmentBytes, object.size - start) };
  }
}

export const wantFile = (id: string): string => `${id}.want`;
/** The bytes, whole. */
export const bytesFile = (id: string): string => `${id}.bytes`;
export const faultFile = (id: string): string => `${id}.fault`;
/** The bytes while they come in, to the agent of that number. */
export const partFile = (id: string, agent: string): string => `${id}.${agent}.part`;
