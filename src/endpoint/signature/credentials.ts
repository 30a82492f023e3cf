/** An access key that this server knows. */
export interface Credential {
  readonly secretAccessKey: string;
  /** Where the key is temporary: the token that each of its requests must carry. */
  readonly sessionToken?: string;
  readonly callerArn: string;
  /** True once a temporary key's time is over. */
  readonly expired?: boolean;
}

/** The access keys that may sign requests. Asked on each request, so it answers at once and from memory. */
export interface CredentialStore {
  find(accessKeyId: string): Credential | undefined;
}
