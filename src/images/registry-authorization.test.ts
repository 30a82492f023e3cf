import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authorizationFor, type RegistryLogin } from './registry-authorization.ts';

const BEARER =
  'Bearer realm="https://auth.example/token",service="registry",scope="repository:team/app:pull"';
const LOGIN: RegistryLogin = { username: 'ann', password: 'a:b' };

/** What an answer to a challenge is, and what was asked for it. */
async function answered(challenge: string, login?: RegistryLogin, response = Response.json({ token: 'T' })) {
  const asked: { url: string; method: string; authorization: string | null; body: string }[] = [];
  const authorization = await authorizationFor(challenge, login, async (request) => {
    const { url, method, headers } = request;
    asked.push({ url, method, authorization: headers.get('authorization'), body: await request.text() });
    return response;
  });
  return { authorization, asked };
}

test('a password goes to who asks for one, and to nobody else', async () => {
  const basic = `Basic ${btoa('ann:a:b')}`;
  assert.deepEqual(await answered('Basic realm="r"', LOGIN), { authorization: basic, asked: [] });
  assert.deepEqual(await answered('Basic realm="r"'), { authorization: undefined, asked: [] });
  assert.deepEqual(await answered('Negotiate', LOGIN), { authorization: undefined, asked: [] });
});

test('a token is asked for where the challenge says, as anybody or with the password', async () => {
  const url = 'https://auth.example/token?service=registry&scope=repository%3Ateam%2Fapp%3Apull';
  const asked = { url, method: 'GET', authorization: null, body: '' };
  assert.deepEqual(await answered(BEARER), { authorization: 'Bearer T', asked: [asked] });
  const withPassword = await answered(BEARER, LOGIN);
  assert.deepEqual(withPassword.asked, [{ ...asked, authorization: `Basic ${btoa('ann:a:b')}` }]);
});

test('a kept token is changed for one of this registry’s', async () => {
  const given = Response.json({ access_token: 'U' });
  const { authorization, asked } = await answered(BEARER, { identityToken: 'kept' }, given);
  assert.equal(authorization, 'Bearer U');
  assert.deepEqual(Object.fromEntries(new URLSearchParams(asked[0]?.body)), {
    ...{ service: 'registry', scope: 'repository:team/app:pull', client_id: 'trainyard' },
    ...{ grant_type: 'refresh_token', refresh_token: 'kept' },
  });
});

test('a token that is not given is none', async () => {
  const refused = new Response('no', { status: 401 });
  assert.equal((await answered(BEARER, LOGIN, refused)).authorization, undefined);
  assert.equal((await answered('Bearer service="no realm"', LOGIN)).authorization, undefined);
});
