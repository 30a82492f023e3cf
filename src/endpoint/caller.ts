import type { Clock } from '../clock/clock.ts';
import { ServiceError } from '../model/errors.ts';
import type { RequestContext } from '../services/service.ts';
import { type Audience, audience } from './signature/audience.ts';
import type { CredentialStore } from './signature/credentials.ts';
import type { Refusal } from './signature/refusal.ts';
import {
  createVerifier,
  isRefusal,
  type SignedRequest,
  type Verified,
  type Verifier,
} from './signature/verifier.ts';

/** What tells who sends a request. */
export interface AuthenticatorOptions {
  readonly credentials: CredentialStore;
  readonly clock: Clock;
  /** Twelve digits. */
  readonly account: string;
  readonly region: string;
}

export const authenticatorOf = ({ credentials, clock, account, region }: AuthenticatorOptions) =>
  new Authenticator(createVerifier(credentials, clock), account, region);

/** Throws where the caller is not the account's owner: a job's own key, say. */
export function requireOwner({ callerArn, account }: RequestContext): void {
  if (callerArn === `arn:aws:iam::${account}:root`) return;
  throw new ServiceError('AccessDeniedException', `${callerArn} is not the owner of this server.`, 403);
}

/** Establishes who sends a request. */
export class Authenticator {
  readonly #verifier: Verifier;
  readonly #account: string;
  readonly #region: string;

  constructor(verifier: Verifier, account: string, region: string) {
    this.#verifier = verifier;
    this.#account = account;
    this.#region = region;
  }

  /** Whom a signature for a service has to be made out to. */
  audience(service: string): Audience {
    return audience(service, this.#region);
  }

  /** The caller, of whom the signature is proof. Throws the refusal in the words of the protocol that is spoken. */
  authenticate(
    exchange: SignedRequest & { readonly requestId: string },
    audience: Audience,
    refused: (refusal: Refusal) => ServiceError,
    body?: Buffer,
  ): RequestContext & Pick<Verified, 'payload'> {
    const outcome = this.#verifier.verify(exchange, audience, body);
    if (isRefusal(outcome)) throw refused(outcome);
    return {
      requestId: exchange.requestId,
      accessKeyId: outcome.accessKeyId,
      callerArn: outcome.callerArn,
      account: this.#account,
      region: this.#region,
      payload: outcome.payload,
    };
  }
}
