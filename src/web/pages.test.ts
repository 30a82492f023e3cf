import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { OWNER_KEY, startPage } from './page.fixture.ts';

const PAGE = { 'x-trainyard-page': '1' };
const form = (fields: Record<string, string>, origin?: string) => ({
  method: 'POST',
  redirect: 'manual' as const,
  headers: { 'content-type': 'application/x-www-form-urlencoded', ...(origin && { origin }) },
  body: new URLSearchParams(fields).toString(),
});

async function signedIn(t: Parameters<typeof startPage>[0], ...rest: [Parameters<typeof startPage>[1]?]) {
  const page = await startPage(t, ...rest);
  const token = page.signIn.issueLink(1000);
  const response = await fetch(`${page.url}/_trainyard/sign-in?token=${token}`);
  const cookie = response.headers.get('set-cookie') ?? '';
  const session = cookie.split(';')[0] ?? '';
  return { ...page, token, cookie, session, headers: { ...PAGE, cookie: session } };
}

describe('nothing is told without a session', () => {
  test('neither by the endpoints of the page, nor by services, nor buckets, whatever cookie is sent', async (t) => {
    const { url, objects } = await startPage(t);
    const places = [
      ...['page/jobs', 'page/overview', 'page/job?job=a', 'page/changes', 'page/log?stream=a'],
      ...['api/sagemaker/ListTrainingJobs', 's3/', 's3/bucket/key'],
    ];
    for (const place of places) {
      for (const cookie of ['', 'trainyard-ca978112=guess', 'trainyard-ca978112=']) {
        for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
          const response = await fetch(`${url}/_trainyard/${place}`, {
            method,
            headers: { ...PAGE, cookie },
          });
          assert.equal(response.status, 401, `${method} ${place}`);
        }
      }
    }
    assert.deepEqual(objects.contexts, []);
  });

  test('the page itself leads to the sign-in, and from there only to places of the page', async (t) => {
    const { url } = await startPage(t);
    const there = await fetch(`${url}/_trainyard/jobs/a?tab=log`, { redirect: 'manual' });
    assert.equal(
      there.headers.get('location'),
      '/_trainyard/sign-in?to=%2F_trainyard%2Fjobs%2Fa%3Ftab%3Dlog',
    );
    for (const to of [
      '//evil.example',
      'https://evil.example',
      '/_trainyard//evil.example',
      '/_trainyard/\\evil',
      'javascript:alert(1)',
      '/other',
    ])
      assert.equal(
        (await fetch(`${url}/_trainyard/sign-in`, form({ ...OWNER_KEY, to }, url))).headers.get('location'),
        '/_trainyard/',
      );
    const good = await fetch(
      `${url}/_trainyard/sign-in`,
      form({ ...OWNER_KEY, to: '/_trainyard/jobs/a' }, url),
    );
    assert.equal(good.headers.get('location'), '/_trainyard/jobs/a');
  });
});

describe('the sign-in', () => {
  test('a link is good once, and its cookie is for this server alone and out of the reach of scripts', async (t) => {
    const { url, token, cookie, headers } = await signedIn(t);
    assert.match(
      cookie,
      /^trainyard-[0-9a-f]{8}=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/_trainyard\/; Max-Age=43200$/,
    );
    assert.equal((await fetch(`${url}/_trainyard/page/jobs`, { headers })).status, 200);
    const again = await fetch(`${url}/_trainyard/sign-in?token=${token}`);
    assert.deepEqual([again.status, again.headers.get('set-cookie')], [403, null]);
  });

  test('a link ends with its time, and a look ahead does not use it up', async (t) => {
    const { url, signIn, clock } = await startPage(t);
    const ahead = signIn.issueLink(1000);
    const look = { headers: { 'sec-purpose': 'prefetch' } };
    assert.equal((await fetch(`${url}/_trainyard/sign-in?token=${ahead}`, look)).status, 503);
    assert.equal((await fetch(`${url}/_trainyard/sign-in?token=${ahead}`, { method: 'HEAD' })).status, 503);
    assert.equal((await fetch(`${url}/_trainyard/sign-in?token=${ahead}`)).status, 200);
    const late = signIn.issueLink(1000);
    await clock.advance(1000);
    assert.equal((await fetch(`${url}/_trainyard/sign-in?token=${late}`)).status, 403);
  });

  test("only the owner's key is taken, and only from our own form", async (t) => {
    const { url, jobKey } = await startPage(t);
    const post = (fields: Record<string, string>, origin?: string) =>
      fetch(`${url}/_trainyard/sign-in`, form(fields, origin));
    for (const wrong of [
      { ...OWNER_KEY, secretAccessKey: 'guess' },
      { ...jobKey },
      { accessKeyId: 'nobody', secretAccessKey: '' },
    ]) {
      const refused = await post(wrong, url);
      assert.deepEqual([refused.status, refused.headers.get('set-cookie')], [403, null]);
    }
    for (const origin of ['http://evil.example', 'null', undefined]) {
      const refused = await post(OWNER_KEY, origin);
      assert.deepEqual([refused.status, refused.headers.get('set-cookie')], [403, null], `${origin}`);
    }
    assert.match((await post(OWNER_KEY, url)).headers.get('set-cookie') ?? '', /^trainyard-/);
  });

  test('a session ends with the sign-out, and after half a day', async (t) => {
    const first = await signedIn(t);
    const ask = (headers: Record<string, string>) =>
      fetch(`${first.url}/_trainyard/page/jobs`, { headers }).then(({ status }) => status);
    const out = await fetch(`${first.url}/_trainyard/sign-out`, { method: 'POST', headers: first.headers });
    assert.equal(out.status, 204);
    assert.equal(await ask(first.headers), 401);
    const { signIn, clock, session } = first;
    const second = signIn.byLink(signIn.issueLink(1000)) ?? '';
    const headers = { ...PAGE, cookie: `${session.split('=')[0]}=${second}` };
    assert.equal(await ask(headers), 200);
    await clock.advance(12 * 60 * 60 * 1000);
    assert.equal(await ask(headers), 401);
  });
});

describe('with a session', () => {
  test('no other site may ask, whatever it sends', async (t) => {
    let calls = 0;
    const run = () => {
      calls++;
      return {};
    };
    const { url, headers, session, objects } = await signedIn(t, {
      StopTrainingJob: { input: 'StopTrainingJobRequest', run },
    });
    const stop = (sent: Record<string, string>) =>
      fetch(`${url}/_trainyard/api/sagemaker/StopTrainingJob`, {
        ...{ method: 'POST', headers: sent, body: '{"TrainingJobName":"a"}' },
      }).then(({ status }) => status);
    assert.equal(await stop({ cookie: session }), 403);
    for (const site of ['cross-site', 'same-site'])
      assert.equal(await stop({ ...headers, 'sec-fetch-site': site }), 403);
    for (const origin of ['http://evil.example', 'null', `${url}0`])
      assert.equal(await stop({ ...headers, origin }), 403);
    const foreign = { headers: { cookie: session, 'sec-fetch-site': 'cross-site' } };
    assert.equal((await fetch(`${url}/_trainyard/s3/bucket/key`, foreign)).status, 403);
    assert.equal(
      (await fetch(`${url}/_trainyard/sign-out`, { method: 'POST', headers: { cookie: session } })).status,
      403,
    );
    assert.deepEqual([calls, objects.contexts.length], [0, 0]);
    assert.equal(await stop({ ...headers, origin: url, 'sec-fetch-site': 'same-origin' }), 200);
    assert.equal(calls, 1);
  });

  test('an operation is called as the owner, and refuses in the words of AWS', async (t) => {
    const { url, headers } = await signedIn(t, {
      StopTrainingJob: { input: 'StopTrainingJobRequest', run: (_, { callerArn }) => ({ callerArn }) },
    });
    const call = async (path: string, body: string) => {
      const response = await fetch(`${url}/_trainyard/api/${path}`, { method: 'POST', headers, body });
      return [response.status, await response.json()];
    };
    assert.deepEqual(await call('sagemaker/StopTrainingJob', '{"TrainingJobName":"a"}'), [
      200,
      { callerArn: 'arn:aws:iam::123456789012:root' },
    ]);
    const message =
      "1 validation error detected: Value null at 'trainingJobName' failed to satisfy constraint: Member must not be null";
    assert.deepEqual(await call('sagemaker/StopTrainingJob', '{}'), [
      400,
      { __type: 'ValidationException', message, Message: message },
    ]);
    for (const path of ['sagemaker/Nothing', 'nothing/StopTrainingJob', 'constructor/x', 'sagemaker'])
      assert.equal((await call(path, '{}'))[0], 400, path);
  });

  test('what lies in a bucket is saved and never shown as a page of ours', async (t) => {
    const { url, session, objects } = await signedIn(t);
    const response = await fetch(`${url}/_trainyard/s3/bucket/evil.html?response-content-type=text/html`, {
      headers: { cookie: session },
    });
    assert.equal(response.status, 200);
    assert.match(response.headers.get('content-security-policy') ?? '', /default-src 'none'; sandbox/);
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
    const asked = new URL([...objects.bodies.keys()][0] ?? '', url).searchParams;
    assert.deepEqual(
      [asked.get('response-content-disposition'), asked.getAll('response-content-type')],
      ['attachment', ['application/octet-stream']],
    );
  });
});

test('every answer forbids what a page of ours does not need', async (t) => {
  const { url, headers } = await signedIn(t);
  for (const path of ['', 'sign-in', 'page/jobs', 'page/nothing', 'assets/nothing.js', 'api/x/y']) {
    const response = await fetch(`${url}/_trainyard/${path}`, { headers });
    const policy = response.headers.get('content-security-policy') ?? '';
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
    ])
      assert.ok(policy.includes(rule), `${path}: ${rule}`);
    assert.doesNotMatch(policy, /unsafe|\*|https?:/);
    assert.equal(response.headers.get('x-frame-options'), 'DENY');
  }
});
