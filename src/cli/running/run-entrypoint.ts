/** The channel that the code of `trainyard run` comes in. */
export const CODE_CHANNEL = 'code';
export const CODE_ARCHIVE = 'source.tar.gz';

/** Unpacks the code beside its archive and becomes the command. The files are the algorithm's own (-o), whoever's they were. */
const START = `cd /opt/ml/input/data/${CODE_CHANNEL} && tar -xzof ${CODE_ARCHIVE} && exec "$@"`;

/** What the jobs of `trainyard run` start with; the command stands in their arguments. */
export const RUN_ENTRYPOINT: readonly string[] = ['/bin/sh', '-c', START, 'trainyard'];
