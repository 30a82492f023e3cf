import type { OwnService } from '../services/own-service.ts';
import { PAGE_ROOT } from './documents.ts';
import type { SignIn } from './sign-in.ts';

/** For who starts the server and looks at its output a little later. */
export const SERVED_LINK_MS = 60 * 60 * 1000;
/** For who asks for a link to open it at once. */
const ASKED_LINK_MS = 5 * 60 * 1000;

/** The path of a new link, which signs in once within `ms` milliseconds. */
export const signInPath = (signIn: SignIn, ms: number): string =>
  `${PAGE_ROOT}sign-in?token=${signIn.issueLink(ms)}`;

/** `trainyard open`: a link for whoever can sign a request with the owner's key. */
export const createSignInLinks = (signIn: SignIn): OwnService =>
  new Map([['POST /_trainyard/sign-in-links', () => ({ path: signInPath(signIn, ASKED_LINK_MS) })]]);
