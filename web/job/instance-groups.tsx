import type { InstanceGroup } from '../../src/model/types.generated.ts';

/** Instances of different types in one job. */
export const InstanceGroups = ({ groups }: { readonly groups: readonly InstanceGroup[] }) => (
  <table>
    <thead>
      <tr>
        <th scope="col">Name</th>
        <th scope="col">Type</th>
        <th scope="col" class="number">
          Instances
        </th>
      </tr>
    </thead>
    <tbody>
      {groups.map(({ InstanceGroupName, InstanceType, InstanceCount }) => (
        <tr key={InstanceGroupName}>
          <td class="breaks">{InstanceGroupName}</td>
          <td>{InstanceType}</td>
          <td class="number">{InstanceCount}</td>
        </tr>
      ))}
    </tbody>
  </table>
);
