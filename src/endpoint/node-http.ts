/**
 * Node's HTTP server. Not imported: an import reads all that `node:http` exports, and with its `WebSocket` comes the whole of fetch,
 * 15 MiB of memory that a server which asks nobody never needs.
 */
export const { createServer, STATUS_CODES } = process.getBuiltinModule('node:http');
