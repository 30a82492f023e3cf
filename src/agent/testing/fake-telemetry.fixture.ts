import { writeFileSync } from 'node:fs';
import type { OutputFollower, Telemetry } from '../telemetry.ts';

/** Telemetry that keeps in memory what an agent says, and in a file what an algorithm prints. */
export class FakeTelemetry implements Telemetry {
  readonly said: string[] = [];
  readonly calls: string[] = [];
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
    writeFileSync(path, '');
  }

  follow(): OutputFollower {
    this.calls.push('follow');
    return {
      path: this.#path,
      finish: async () => {
        this.calls.push('finish');
      },
      close: () => {
        this.calls.push('close');
      },
      say: (line) => {
        this.said.push(line);
      },
    };
  }
}
