/** What became of the instances of a job that has ended, as lists tell it. */
export const warmPools = `
  ALTER TABLE jobs ADD COLUMN warm_pool TEXT;
`;
