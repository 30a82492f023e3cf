/** Log streams and metrics. */
export const logs = '';
