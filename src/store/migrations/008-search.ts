/** Search lists jobs by their last change first. */
export const search = `
  CREATE INDEX jobs_by_modification ON jobs (modified_at, id);
`;
