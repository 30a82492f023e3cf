import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import {
  BatchGetImageCommand,
  DescribeImagesCommand,
  type DescribeImagesCommandInput,
  DescribeRepositoriesCommand,
  type DescribeRepositoriesCommandInput,
  ECRClient,
  GetAuthorizationTokenCommand,
} from '@aws-sdk/client-ecr';
import { startEndpoint } from '../../endpoint/test-endpoint.ts';
import {
  makeLayout,
  type RegistryAccount,
  scratch,
  skipImages as skip,
  startRegistry,
} from '../../executors/process/images/test-images.fixture.ts';
import { imageSettings } from '../../images/image-settings.ts';
import { createEcrService } from './ecr.ts';

const ACCOUNT = '123456789012';
const LOGIN: RegistryAccount = { username: 'AWS', password: 'a:secret' };

/** A client of an endpoint whose ECR is a registry, or none. */
async function ecrOf(t: TestContext, settings: unknown, region = 'eu-west-1') {
  const images = imageSettings.parse(settings);
  const isLocal = (image: string) => image === 'my/layout';
  const ecr = createEcrService({ account: ACCOUNT, region, images, isLocal });
  const { url } = await startEndpoint(t, { services: { ecr } });
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
  const client = new ECRClient({ endpoint: url, region, credentials, maxAttempts: 1 });
  t.after(() => client.destroy());
  return client;
}

const names = (host: string) => ({ '*.dkr.ecr.*.amazonaws.com/*': `${host}/$3` });
const printing = ({ username, password }: RegistryAccount) => ({
  command: ['/bin/echo', JSON.stringify({ Credentials: { Username: username, Password: password } })],
});

const refusal = async (call: Promise<unknown>): Promise<string> => {
  const error = await call.then(
    () => assert.fail('the call did not fail'),
    (thrown: Error) => thrown,
  );
  return `${error.name}: ${error.message}`;
};

describe('without a registry', () => {
  const images = (client: ECRClient, more: Partial<DescribeImagesCommandInput> = {}) =>
    client.send(new DescribeImagesCommand({ repositoryName: 'team/app', ...more }));
  const NO_REPOSITORY = `RepositoryNotFoundException: The repository with name 'team/app' does not exist in the registry with id '${ACCOUNT}'`;

  test('there are no repositories, in AWS’s words, and no password', async (t) => {
    const client = await ecrOf(t, {});
    assert.equal(await refusal(images(client)), NO_REPOSITORY);
    const imageIds = [{ imageTag: '1' }];
    const batch = new BatchGetImageCommand({ repositoryName: 'team/app', imageIds });
    assert.equal(await refusal(client.send(batch)), NO_REPOSITORY);
    assert.match(
      await refusal(client.send(new GetAuthorizationTokenCommand({}))),
      /^InvalidParameterException: No registry .* 123456789012\.dkr\.ecr\.eu-west-1\.amazonaws\.com.*images\.names\.$/,
    );
  });

  test('an image of this machine is in no repository', async (t) => {
    const client = await ecrOf(t, { names: { '*.dkr.ecr.*.amazonaws.com/*': 'my/layout' } });
    assert.equal(await refusal(images(client)), NO_REPOSITORY);
  });

  test('no registry is asked where none may be, and one that is away is told of', async (t) => {
    const gone = { names: names('127.0.0.1:1') };
    const never = await ecrOf(t, { ...gone, pull: 'never' });
    assert.match(await refusal(images(never)), /^InvalidParameterException: .*images\.pull/);
    const away = await ecrOf(t, gone);
    assert.match(
      await refusal(images(away)),
      /^ServerException: The registry 127\.0\.0\.1:1 can't be reached/,
    );
  });

  test('repositories are listed of a registry that stands for ECR’s as a whole, and lists them', async (t) => {
    const list = async (settings: unknown, repositoryNames?: string[]) => {
      const client = await ecrOf(t, settings);
      return refusal(client.send(new DescribeRepositoriesCommand({ repositoryNames })));
    };
    assert.match(await list({}), /^InvalidParameterException: No registry .*images\.names\.$/);
    assert.equal(await list({}, ['team/app']), NO_REPOSITORY);
    const silent = createServer((_, response) => response.writeHead(404).end()).listen(0, '127.0.0.1');
    t.after(() => silent.close());
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    assert.match(
      await list({ names: names(`127.0.0.1:${port}`) }),
      /^InvalidParameterException: .* does not list its repositories: name them in repositoryNames\.$/,
    );
  });

  test('what a registry can’t tell is refused', async (t) => {
    const client = await ecrOf(t, { names: names('127.0.0.1:1') });
    const untagged = images(client, { filter: { tagStatus: 'UNTAGGED' } });
    assert.match(await refusal(untagged), /^InvalidParameterException: filter\.tagStatus/);
    const paged = images(client, { imageIds: [{ imageTag: '1' }], maxResults: 1 });
    assert.match(await refusal(paged), /^InvalidParameterException: nextToken and maxResults/);
  });
});

describe('with a registry', { skip }, () => {
  /** A registry with a password that has two tags of one image and one of another. */
  async function repository(t: TestContext) {
    const folder = scratch(t);
    const registry = await startRegistry(t, LOGIN);
    const [one, other] = ['one', 'other'].map((name) => makeLayout(folder, name, { files: { name } }));
    for (const tag of ['1', 'latest']) registry.push(one ?? '', `team/app:${tag}`);
    registry.push(other ?? '', 'team/app:2');
    return registry;
  }

  test('its images are ECR’s', async (t) => {
    const { host } = await repository(t);
    const client = await ecrOf(t, { names: names(host), logins: { [host]: printing(LOGIN) } });
    const repositoryName = 'team/app';
    const { imageDetails = [] } = await client.send(new DescribeImagesCommand({ repositoryName }));
    assert.deepEqual(imageDetails.map(({ imageTags }) => imageTags?.join()).sort(), ['1,latest', '2']);
    const imageIds = [{ imageTag: 'latest' }, { imageTag: 'none' }, {}];
    const { images = [], failures } = await client.send(
      new BatchGetImageCommand({ repositoryName, imageIds }),
    );
    const [{ imageId, imageManifest = '', imageManifestMediaType } = {}] = images;
    const known = imageDetails.find(({ imageTags }) => imageTags?.includes('latest'));
    assert.deepEqual(imageId, { imageTag: 'latest', imageDigest: known?.imageDigest });
    const { config, layers } = JSON.parse(imageManifest) as {
      config: { size: number };
      layers: { size: number }[];
    };
    assert.equal(
      known?.imageSizeInBytes,
      layers.reduce((sum, { size }) => sum + size, config.size),
    );
    assert.equal(known?.imageManifestMediaType, imageManifestMediaType);
    assert.equal(known?.imagePushedAt, undefined, 'a registry does not know it');
    assert.deepEqual(
      failures?.map(({ failureCode }) => failureCode),
      ['ImageNotFound', 'MissingDigestAndTag'],
    );
    const byDigest = { imageIds: [{ imageDigest: known?.imageDigest }] };
    const named = await client.send(new DescribeImagesCommand({ repositoryName, ...byDigest }));
    assert.deepEqual(named.imageDetails, [known]);
  });

  test('a list goes on where its page ended', async (t) => {
    const { host } = await repository(t);
    const client = await ecrOf(t, { names: names(host), logins: { [host]: printing(LOGIN) } });
    const page = (nextToken?: string) =>
      client.send(new DescribeImagesCommand({ repositoryName: 'team/app', maxResults: 1, nextToken }));
    const first = await page();
    const second = await page(first.nextToken);
    assert.equal(second.nextToken, undefined);
    const digests = [first, second].flatMap(({ imageDetails = [] }) =>
      imageDetails.map((each) => each.imageDigest),
    );
    assert.equal(new Set(digests).size, 2);
    assert.match(await refusal(page('made up')), /^InvalidParameterException: Invalid nextToken/);
  });

  test('its repositories are ECR’s, those that have a name there', async (t) => {
    const registry = await repository(t);
    const { host, push } = registry;
    const layout = makeLayout(scratch(t), 'third', { files: { name: 'third' } });
    for (const name of ['tools', 'mirror/deep/tool', 'mirror/app']) {
      // The registry does not get on while nobody reads what it logs.
      await setImmediate();
      push(layout, `${name}:1`);
    }
    const login = { logins: { [host]: printing(LOGIN) } };
    const client = await ecrOf(t, { names: names(host), ...login });
    const list = (input: DescribeRepositoriesCommandInput = {}, of = client) =>
      of.send(new DescribeRepositoriesCommand(input));
    const named = ({ repositories = [] }: Awaited<ReturnType<typeof list>>) =>
      repositories.map(({ repositoryName }) => repositoryName);
    const all = ['mirror/app', 'mirror/deep/tool', 'team/app', 'tools'];
    assert.deepEqual(named(await list()), all);
    const first = await list({ maxResults: 3 });
    const second = await list({ maxResults: 3, nextToken: first.nextToken });
    assert.deepEqual([...named(first), ...named(second)], all);
    assert.equal(second.nextToken, undefined);
    const { repositories } = await list({ repositoryNames: ['team/app'] });
    assert.deepEqual(repositories, [
      {
        repositoryArn: `arn:aws:ecr:eu-west-1:${ACCOUNT}:repository/team/app`,
        registryId: ACCOUNT,
        repositoryName: 'team/app',
        repositoryUri: `${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/team/app`,
      },
    ]);
    assert.match(
      await refusal(list({ repositoryNames: ['team/app', 'team/none'] })),
      /^RepositoryNotFoundException: The repository with name 'team\/none' does not exist/,
    );
    assert.match(
      await refusal(list({ nextToken: 'made up' })),
      /^InvalidParameterException: Invalid nextToken/,
    );
    const behindPrefix = { names: { '*.dkr.ecr.*.amazonaws.com/*': `${host}/mirror/$3` }, ...login };
    assert.deepEqual(named(await list({}, await ecrOf(t, behindPrefix))), ['app', 'deep/tool']);
  });

  test('what is not there is told in AWS’s words', async (t) => {
    const { host } = await repository(t);
    const client = await ecrOf(t, { names: names(host), logins: { [host]: printing(LOGIN) } });
    const describeOne = (repositoryName: string, imageTag: string) =>
      client.send(new DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag }] }));
    assert.equal(
      await refusal(describeOne('team/app', 'none')),
      `ImageNotFoundException: The image with imageId {imageDigest:null, imageTag:'none'} does not exist within the repository with name 'team/app' in the registry with id '${ACCOUNT}'`,
    );
    assert.match(await refusal(describeOne('team/none', '1')), /^RepositoryNotFoundException/);
    assert.match(
      await refusal(client.send(new DescribeImagesCommand({ repositoryName: 'team/none' }))),
      /^RepositoryNotFoundException/,
    );
  });

  test('its password is for callers where the settings give it, and opens it', async (t) => {
    const { host } = await repository(t);
    const client = await ecrOf(t, { names: names(host), logins: { [host]: printing(LOGIN) } });
    const { authorizationData } = await client.send(new GetAuthorizationTokenCommand({}));
    const [{ authorizationToken = '', proxyEndpoint } = {}] = authorizationData ?? [];
    assert.equal(proxyEndpoint, `http://${host}`);
    assert.equal(Buffer.from(authorizationToken, 'base64').toString(), 'AWS:a:secret');
    const headers = { authorization: `Basic ${authorizationToken}` };
    assert.equal((await fetch(`${proxyEndpoint}/v2/`, { headers })).status, 200);
    const silent = await ecrOf(t, { names: names(host) });
    assert.match(
      await refusal(silent.send(new GetAuthorizationTokenCommand({}))),
      /^InvalidParameterException: .* gives nobody the credentials of .* images\.logins\.$/,
    );
  });

  test('a list of images is as large as its largest', async (t) => {
    const { host } = await repository(t);
    const client = await ecrOf(t, { names: names(host), logins: { [host]: printing(LOGIN) } });
    const imagesOf = async (tags: readonly string[]) => {
      const imageIds = tags.map((imageTag) => ({ imageTag }));
      const call = new DescribeImagesCommand({ repositoryName: 'team/app', imageIds });
      return (await client.send(call)).imageDetails ?? [];
    };
    const parts = await imagesOf(['1', '2']);
    const mediaType = 'application/vnd.oci.image.index.v1+json';
    const manifests = parts.map(({ imageDigest: digest, imageManifestMediaType }, index) => ({
      ...{ digest, mediaType: imageManifestMediaType, size: 1 },
      platform: { os: 'linux', architecture: ['amd64', 'arm64'][index] },
    }));
    const put = await fetch(`http://${host}/v2/team/app/manifests/both`, {
      method: 'PUT',
      headers: { 'content-type': mediaType, authorization: `Basic ${btoa('AWS:a:secret')}` },
      body: JSON.stringify({ schemaVersion: 2, mediaType, manifests }),
    });
    assert.equal(put.status, 201, await put.text());
    const [both] = await imagesOf(['both']);
    assert.equal(both?.imageManifestMediaType, mediaType);
    assert.equal(both?.imageSizeInBytes, Math.max(...parts.map((part) => part.imageSizeInBytes ?? 0)));
  });

  test('a wrong password is no missing image', async (t) => {
    const { host } = await repository(t);
    const logins = { [host]: printing({ ...LOGIN, password: 'guess' }) };
    const client = await ecrOf(t, { names: names(host), logins });
    const call = client.send(new DescribeImagesCommand({ repositoryName: 'team/app' }));
    assert.match(await refusal(call), /^AccessDeniedException: .* answered with status 401/);
  });
});
