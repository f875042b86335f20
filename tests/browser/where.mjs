// Where the tests find the server. Each of Playwright's workers has a server with data of its own, so that two files
// at a time do not meet in one list of cases.
export const WORKERS = 2;
export const root = new URL('../..', import.meta.url).pathname;
/** The server's program, as `scripts/test` builds it; that of the demo's past lies beside it. */
export const program = process.env.TEST_PROGRAM ?? `${root}target/debug/pratikar`;

/** The port of a worker's server. The two below and the two above it are free for servers that a test starts itself. */
export const portOf = (worker) => 8099 + 10 * worker;
/** The port of the server of the worker that this module is loaded in. */
export const port = portOf(Number(process.env.TEST_PARALLEL_INDEX ?? '0'));
