import type { JobDetails } from '../../src/web/api/job-details.ts';
import { formatTime, formatWord } from '../ui/format.ts';

/** All that happened to the job, in the order it happened. */
export const Facts = ({ job: { facts } }: { readonly job: JobDetails }) => (
  <table class="facts">
    <thead>
      <tr>
        <th scope="col" class="number">
          №
        </th>
        <th scope="col">Time</th>
        <th scope="col">What</th>
        <th scope="col">Details</th>
      </tr>
    </thead>
    <tbody>
      {facts.map(({ number, at, kind, details }) => (
        <tr key={number}>
          <td class="number quiet">{number}</td>
          <td class="quiet when">{formatTime(at)}</td>
          <td>{formatWord(kind)}</td>
          <td class="breaks">
            {Object.entries(details).map(([name, value]) => (
              <span key={name} class="detail">
                <span class="quiet">{name}</span> {typeof value === 'string' ? value : JSON.stringify(value)}
              </span>
            ))}
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);
