/** Why an image can't be had. */
export type ImageFaultKind =
  | 'not found'
  | 'denied'
  | 'wrong platform'
  | 'unreachable'
  /** It is not what it should be: cut short, of an unknown format. */
  | 'broken'
  | 'disk full'
  /** What the tools said fits none of these. */
  | 'unknown';

/** An image can't be had; the message says which and why in one line. */
export class ImageFault extends Error {
  readonly kind: ImageFaultKind;

  constructor(kind: ImageFaultKind, message: string) {
    super(message);
    this.name = 'ImageFault';
    this.kind = kind;
  }
}

/** What SageMaker says of an image that can't be pulled (training contract §1.6). */
const SAGEMAKERS_WORDS =
  'Cannot pull algorithm container. Either the image does not exist or its permissions are incorrect.';

/** The images that the SDK's estimators name are in Amazon's registries, which few can pull from. */
const AMAZONS = /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com\//;
const ADVICE =
  "The setting images.names says what stands behind Amazon's names here; trainyard/script:latest runs training scripts " +
  'without an image (docs/SAGEMAKER-SDK.md).';

/** The text of the FailureReason: SageMaker's words where it is one of the two that they are about, the cause, what can be done. */
export function imageFailure(fault: ImageFault): string {
  const isKnown = fault.kind === 'not found' || fault.kind === 'denied';
  const text = `${isKnown ? SAGEMAKERS_WORDS : 'Cannot pull algorithm container.'} ${fault.message}`;
  return AMAZONS.test(fault.message) ? `${text} ${ADVICE}` : text;
}

/**
 * How the complaints of registries, of skopeo, of umoci and of container engines tell their kinds. The first that fits counts: a
 * full disk is one whatever it was filled by.
 */
const SIGNS: readonly (readonly [ImageFaultKind, RegExp])[] = [
  ['disk full', /no space left on device|disk quota exceeded|ENOSPC|EDQUOT/i],
  [
    'wrong platform',
    /no (?:matching manifest|image found).*(?:manifest list|image index|platform|architecture)/i,
  ],
  [
    'unreachable',
    /dial tcp|no such host|connection refused|connection reset|i\/o timeout|network is unreachable|no route to host|TLS handshake|x509:|server gave HTTP response to HTTPS client|Client\.Timeout|unexpected EOF|received unexpected HTTP status: 5\d\d|\b50[0234]\b (?:Internal|Bad|Service|Gateway)/i,
  ],
  [
    'denied',
    /unauthorized|authentication required|access to the resource is denied|\bdenied\b|forbidden|invalid username\/password|no basic auth credentials|\b40[13]\b/i,
  ],
  [
    'not found',
    /manifest unknown|name unknown|not known to registry|repository .*not found|no such image|manifest for .* not found|not found in the index|file or directory|no descriptor found|tag .* not found|was not found|\b404\b/i,
  ],
  [
    'broken',
    /digest did not match|invalid (?:character|checksum|header)|unknown media type|unsupported|corrupt/i,
  ],
];

/** The kind of fault that a complaint in a tool's words tells of. */
export function faultKindOf(complaint: string): ImageFaultKind {
  return SIGNS.find(([, sign]) => sign.test(complaint))?.[0] ?? 'unknown';
}

/** The fault that a tool's complaint about an image is. */
export function faultOf(image: string, complaint: string): ImageFault {
  return new ImageFault(faultKindOf(complaint), `${image}: ${essence(complaint)}.`);
}

/** The line of a complaint that says what happened, where others follow it. */
const HEADLINE = /^(?:panic:|fatal error:|.*level=fatal|\s*⨯)/u;

/** What can be read of a complaint: its headline or last line, without the tool's own frame, at most 500 characters. */
function essence(complaint: string): string {
  const lines = complaint.trim().split('\n');
  const line = lines.find((each) => HEADLINE.test(each)) ?? lines.at(-1) ?? '';
  const last = line.replace(/^[\s⨯•]+/u, '');
  const said = /\bmsg="((?:[^"\\]|\\.)*)"/.exec(last)?.[1]?.replace(/\\(.)/g, '$1') ?? last;
  return (said || 'no reason was given').replace(/\.+$/, '').slice(0, 500);
}
