import type { Exchange } from '../exchange.ts';

/** The header by which requests and answers say that they are in Smithy's RPC v2 over CBOR. */
export const PROTOCOL = ['smithy-protocol', 'rpc-v2-cbor'] as const;

export const speaksCbor = ({ headers }: Exchange): boolean => headers[PROTOCOL[0]] === PROTOCOL[1];
