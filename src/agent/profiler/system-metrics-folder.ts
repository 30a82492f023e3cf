/** The folder in an agent's own where the system's metrics are written before they go to S3. */
export const SYSTEM_METRICS = 'system-metrics';
