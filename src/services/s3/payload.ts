/** What signature verification found out about a request's body (`x-amz-content-sha256`). */
export type S3Payload =
  /** The SHA-256 (hex) that was signed. Whoever reads the body still has to compare it. */
  | { readonly kind: 'hash'; readonly sha256: string }
  /** `UNSIGNED-PAYLOAD`: the body is not covered by the signature. */
  | { readonly kind: 'unsigned' }
  | StreamingPayload;

/** `STREAMING-…`: the body is framed as aws-chunked, and its chunks may carry signatures of their own. */
export interface StreamingPayload {
  readonly kind: 'streaming';
  /** Each chunk carries a signature that follows from the one before it. */
  readonly signed: boolean;
  /** Header fields follow the last chunk. */
  readonly trailer: boolean;
  /** The derived key of the credential scope; there when the chunks are signed, as are the next three. */
  readonly signingKey?: Buffer;
  /** `20260102/us-east-1/s3/aws4_request` */
  readonly scope?: string;
  /** `x-amz-date`: `20260102T030405Z` */
  readonly timestamp?: string;
  /** The request's own signature (hex), from which the first chunk's follows. */
  readonly seedSignature?: string;
}

/** Who asks, in which request, and what is known of its body. The signature has been verified. */
export interface S3Context {
  readonly requestId: string;
  readonly callerArn: string;
  readonly account: string;
  readonly payload: S3Payload;
}
