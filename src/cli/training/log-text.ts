import type { Look, Style } from '../screen/style.ts';
import type { LogLine } from './job-log.ts';

const HOST_LOOKS: readonly Look[] = ['cyan', 'magenta', 'yellow', 'green', 'blue', 'red'];

export interface LogFormat {
  /** Each line begins with its host. */
  readonly hosts: boolean;
  /** Each line begins with its time, in UTC. */
  readonly timestamps: boolean;
  readonly style: Style;
}

/** Lines as they are printed, each with a line feed at its end. */
export function logText(lines: readonly LogLine[], { hosts, timestamps, style }: LogFormat): string {
  const prefixes = new Map<string, string>();
  const prefixOf = (host: string): string => {
    const known = prefixes.get(host);
    if (known !== undefined) return known;
    const number = Number(/\d+$/.exec(host)?.[0] ?? 1);
    const look = HOST_LOOKS[(number - 1) % HOST_LOOKS.length] ?? 'cyan';
    const prefix = `${style(look, `${host} │`)} `;
    prefixes.set(host, prefix);
    return prefix;
  };
  let text = '';
  for (const line of lines) {
    if (timestamps) text += `${style('dim', new Date(line.time).toISOString())} `;
    if (hosts) text += prefixOf(line.host);
    text += `${line.text}\n`;
  }
  return text;
}
