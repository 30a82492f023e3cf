import type { PageFiles } from './page-files.ts';

/** Where the page lives. No bucket can have that name. */
export const PAGE_ROOT = '/_trainyard/';

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

function html(title: string, style: string | undefined, head: string, body: string): string {
  const stylesheet = style === undefined ? '' : `<link rel="stylesheet" href="${PAGE_ROOT}assets/${style}">`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
${stylesheet}${head}
</head>
<body>
${body}
</body>
</html>
`;
}

/** The page itself: all else is its script's. */
export const appDocument = ({ script, style }: PageFiles): string =>
  html(
    'Trainyard',
    style,
    `<script type="module" src="${PAGE_ROOT}assets/${script}"></script>`,
    '<div id="app"></div><noscript>This page needs JavaScript.</noscript>',
  );

/** Asks for a key. It works without a script; `to` is where it leads. */
export const signInDocument = (files: PageFiles, to: string, complaint = ''): string =>
  html(
    'Sign in · Trainyard',
    files.style,
    '',
    `<main class="sign-in">
<h1>Trainyard</h1>
<p>Run <code>trainyard open</code> where the server is: it opens a link that signs you in once.</p>
${complaint && `<p role="alert" class="complaint">${escaped(complaint)}</p>`}
<form method="post" action="${PAGE_ROOT}sign-in">
<input type="hidden" name="to" value="${escaped(to)}">
<label for="key">Access key ID</label>
<input id="key" name="accessKeyId" autocomplete="username" autocapitalize="off" spellcheck="false" required>
<label for="secret">Secret access key</label>
<input id="secret" name="secretAccessKey" type="password" autocomplete="current-password" required>
<button class="primary">Sign in</button>
</form>
<p class="quiet"><code>trainyard env</code> prints the key.</p>
</main>`,
  );

/** Leads on from within: a browser that was sent by another site keeps the session's cookie back until then. */
export const onwardDocument = (to: string): string =>
  html(
    'Trainyard',
    undefined,
    `<meta http-equiv="refresh" content="0;url=${escaped(to)}">`,
    `<a href="${escaped(to)}">Go on</a>`,
  );

export const notBuiltDocument = (): string =>
  html(
    'Trainyard',
    undefined,
    '',
    '<h1>The page is not built</h1><p>Run <code>npm run build:web</code> in the checkout, then start the server again.</p>',
  );
