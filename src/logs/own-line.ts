/** How a line that we wrote into a job's log begins. Such a line is not searched for metrics. */
export const OWN_LINE_MARK = '[trainyard] ';
