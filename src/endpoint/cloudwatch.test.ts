import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import {
  CloudWatchClient,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
} from '@aws-sdk/client-cloudwatch';
import { cbor, SmithyRpcV2CborProtocol } from '@smithy/core/cbor';
import { MetricsFixture } from '../services/cloudwatch/metrics.fixture.ts';
import { TestSigner } from './signature/test-signer.ts';
import { REGION, startEndpoint } from './test-endpoint.ts';

// CloudWatch speaks three protocols on the one port. AWS's client speaks two of them; the third is spelt out.

const NAMESPACE = '/aws/sagemaker/TrainingJobs';
const END = MetricsFixture.NOW;
const START = END - 120;
const VERSION = '2010-08-01';

async function setUp(t: TestContext) {
  const fixture = new MetricsFixture(t);
  fixture.addJob('job-1', {
    loss: [
      [START, 0.5],
      [START + 60, 0.25],
      [START + 61, 0.75],
    ],
  });
  const started = await startEndpoint(t, { services: { cloudwatch: fixture.service } });
  const connection = {
    endpoint: started.url,
    region: REGION,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
  };
  return { ...started, connection };
}

const STATISTICS = {
  Namespace: NAMESPACE,
  MetricName: 'loss',
  Dimensions: [{ Name: 'TrainingJobName', Value: 'job-1' }],
  StartTime: new Date(START * 1000),
  EndTime: new Date(END * 1000),
  Period: 60,
};

for (const protocol of [undefined, SmithyRpcV2CborProtocol]) {
  describe(`CloudWatch by ${protocol ? 'RPC v2 over CBOR' : "the client's own protocol"}`, () => {
    const clientOf = async (t: TestContext) => {
      const { connection } = await setUp(t);
      const client = new CloudWatchClient({ ...connection, ...(protocol && { protocol }) });
      t.after(() => client.destroy());
      return client;
    };

    test('answers each operation', async (t) => {
      const client = await clientOf(t);
      const { Datapoints, Label } = await client.send(
        new GetMetricStatisticsCommand({ ...STATISTICS, Statistics: ['Average', 'SampleCount'] }),
      );
      assert.equal(Label, 'loss');
      assert.deepEqual(Datapoints, [
        { Timestamp: STATISTICS.StartTime, Average: 0.5, SampleCount: 1, Unit: 'None' },
        { Timestamp: new Date((START + 60) * 1000), Average: 0.5, SampleCount: 2, Unit: 'None' },
      ]);
      const extended = await client.send(
        new GetMetricStatisticsCommand({ ...STATISTICS, ExtendedStatistics: ['p90'] }),
      );
      assert.deepEqual(extended.Datapoints?.[0]?.ExtendedStatistics, { p90: 0.5 });
      const { Namespace, MetricName, Dimensions } = STATISTICS;
      const Metric = { Namespace, MetricName, Dimensions };
      const data = await client.send(
        new GetMetricDataCommand({
          MetricDataQueries: [{ Id: 'm', MetricStat: { Metric, Period: 60, Stat: 'Sum' } }],
          StartTime: STATISTICS.StartTime,
          EndTime: STATISTICS.EndTime,
        }),
      );
      assert.deepEqual(data.MetricDataResults?.[0]?.Values, [1, 0.5]);
      assert.deepEqual(data.MetricDataResults?.[0]?.Timestamps?.[1], STATISTICS.StartTime);
      const { Metrics } = await client.send(new ListMetricsCommand({ Namespace }));
      assert.deepEqual(Metrics, [Metric]);
    });

    test('tells errors by the names that its users know', async (t) => {
      const client = await clientOf(t);
      const told = async (more: object, name: string, message: RegExp) =>
        assert.rejects(
          client.send(new GetMetricStatisticsCommand({ ...STATISTICS, Statistics: ['Sum'], ...more })),
          (error: Error & { $metadata: { httpStatusCode?: number } }) => {
            assert.match(error.name, new RegExp(`^${name}(Exception)?$`));
            assert.match(error.message, message);
            assert.equal(error.$metadata.httpStatusCode, 400);
            return true;
          },
        );
      await told({ Period: 7 }, 'InvalidParameterValue', /Period/);
      await told({ StartTime: new Date(0) }, 'InvalidParameterCombination', /datapoints/);
      await told({ MetricName: '' }, 'Validation(Error|Exception)', /at 'metricName'/);
      await told({ Statistics: ['Median'] }, 'Validation(Error|Exception)', /enum value set/);
    });
  });
}

/** Sends a request that is signed for CloudWatch. */
async function send(
  { url, port, clock }: Awaited<ReturnType<typeof setUp>>,
  { path = '/', headers, body }: { path?: string; headers: Record<string, string>; body: string | Buffer },
  service = 'monitoring',
) {
  const request = { method: 'POST', path, headers: { host: `127.0.0.1:${port}`, ...headers }, body };
  const signed = await new TestSigner({ service }).sign(request, clock.now());
  const { host: _, ...sent } = signed.headers as Record<string, string>;
  return fetch(url + path, {
    method: 'POST',
    headers: sent,
    body: typeof body === 'string' ? body : new Uint8Array(body),
  });
}

const form = (fields: Record<string, string>) => ({
  headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
  body: new URLSearchParams({ Version: VERSION, ...fields }).toString(),
});

const STATISTICS_FORM = {
  Action: 'GetMetricStatistics',
  Namespace: NAMESPACE,
  MetricName: 'loss',
  'Dimensions.member.1.Name': 'TrainingJobName',
  'Dimensions.member.1.Value': 'job-1',
  StartTime: new Date(START * 1000).toISOString(),
  EndTime: new Date(END * 1000).toISOString(),
  Period: '60',
  'Statistics.member.1': 'Maximum',
};

describe('CloudWatch by the query protocol', () => {
  test('answers in XML', async (t) => {
    const endpoint = await setUp(t);
    const response = await send(endpoint, form(STATISTICS_FORM));
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), 'text/xml');
    const requestId = response.headers.get('x-amzn-requestid');
    assert.equal(
      await response.text(),
      '<GetMetricStatisticsResponse xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/"><GetMetricStatisticsResult>' +
        '<Label>loss</Label><Datapoints>' +
        '<member><Timestamp>2026-01-01T23:58:00Z</Timestamp><Maximum>0.5</Maximum><Unit>None</Unit></member>' +
        '<member><Timestamp>2026-01-01T23:59:00Z</Timestamp><Maximum>0.75</Maximum><Unit>None</Unit></member>' +
        '</Datapoints></GetMetricStatisticsResult>' +
        `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></GetMetricStatisticsResponse>`,
    );
  });

  test('tells errors in XML', async (t) => {
    const endpoint = await setUp(t);
    const told = async (fields: Record<string, string>) => {
      const response = await send(endpoint, form({ ...STATISTICS_FORM, ...fields }));
      return [response.status, /<Code>(.*)<\/Code>/.exec(await response.text())?.[1]];
    };
    assert.deepEqual(await told({ Period: '7' }), [400, 'InvalidParameterValue']);
    assert.deepEqual(await told({ Period: 'x' }), [400, 'MalformedInput']);
    assert.deepEqual(await told({ Namespace: '' }), [400, 'ValidationError']);
    assert.deepEqual(await told({ Action: 'PutMetricData' }), [400, 'InvalidAction']);
  });
});

describe('CloudWatch', () => {
  const cborHeaders = { 'smithy-protocol': 'rpc-v2-cbor', 'content-type': 'application/cbor' };
  const path = '/service/GraniteServiceVersion20100801/operation/ListMetrics';
  const list = (body: Buffer) => ({ path, headers: cborHeaders, body });

  test('is signed for as monitoring, in each protocol', async (t) => {
    const endpoint = await setUp(t);
    const json = {
      headers: {
        'x-amz-target': 'GraniteServiceVersion20100801.ListMetrics',
        'content-type': 'application/x-amz-json-1.0',
      },
      body: '{}',
    };
    for (const request of [json, list(Buffer.from(cbor.serialize({}))), form({ Action: 'ListMetrics' })]) {
      assert.equal((await send(endpoint, request)).status, 200);
      const refused = await send(endpoint, request, 'cloudwatch');
      assert.ok([400, 403].includes(refused.status));
    }
  });

  test('tells the old code of an error to those who ask for it', async (t) => {
    const endpoint = await setUp(t);
    for (const query of [true, false]) {
      const response = await send(endpoint, {
        headers: {
          'x-amz-target': 'GraniteServiceVersion20100801.GetMetricStatistics',
          'content-type': 'application/x-amz-json-1.0',
          ...(query && { 'x-amzn-query-mode': 'true' }),
        },
        body: JSON.stringify({ ...STATISTICS, StartTime: 0, EndTime: 60, Period: 60 }),
      });
      assert.equal(
        ((await response.json()) as { __type: string }).__type,
        'MissingRequiredParameterException',
      );
      assert.equal(response.headers.get('x-amzn-query-error'), query ? 'MissingParameter;Sender' : null);
    }
  });

  test('refuses CBOR that is none, or would keep its decoder busy', async (t) => {
    const endpoint = await setUp(t);
    const hostile = [
      Buffer.from('no CBOR'),
      Buffer.from([0xa1]),
      Buffer.from([0xa0, 0xa0]),
      Buffer.from([0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
      Buffer.concat([Buffer.from([0xc2, 0x5a, 0, 0, 0xff, 0xff]), Buffer.alloc(0xffff, 0xff)]),
      Buffer.from([0xc4, 0x82, 0x1a, 0x0f, 0xff, 0xff, 0xff, 0x01]),
      Buffer.alloc(100_000, 0x81),
      Buffer.alloc(100_000, 0x9f),
    ];
    for (const body of hostile) {
      const response = await send(endpoint, list(body));
      const { __type } = cbor.deserialize(new Uint8Array(await response.arrayBuffer()));
      assert.deepEqual(
        [response.status, __type],
        [400, 'SerializationException'],
        body.toString('hex', 0, 8),
      );
    }
    const other = await send(endpoint, { ...list(Buffer.from([0xa0])), path: '/service/X/operation/Y' });
    assert.equal(other.headers.get('smithy-protocol'), 'rpc-v2-cbor');
    const { __type } = cbor.deserialize(new Uint8Array(await other.arrayBuffer()));
    assert.equal(__type, 'UnknownOperationException');
  });
});
