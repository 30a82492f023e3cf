import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Operation } from '../../services/service.ts';
import { TestSigner } from '../signature/test-signer.ts';
import { startEndpoint } from '../test-endpoint.ts';

async function setUp(t: TestContext) {
  const putMetrics: Operation = {
    input: 'BatchPutMetricsRequest',
    run: (input: { TrialComponentName: string }) => ({ Errors: [], saw: input.TrialComponentName }),
  };
  const service = { operations: new Map([['BatchPutMetrics', putMetrics]]) };
  const { url, port, clock } = await startEndpoint(t, { services: { 'sagemaker-metrics': service } });
  return async (method: string, path: string, body: string, service = 'sagemaker') => {
    const headers = { host: `127.0.0.1:${port}`, 'content-type': 'application/json' };
    const signed = await new TestSigner({ service }).sign({ method, path, headers, body }, clock.now());
    const { host: _, ...sent } = signed.headers as Record<string, string>;
    const response = await fetch(url + path, { method, headers: sent, body });
    const told = { status: response.status, type: response.headers.get('x-amzn-errortype') };
    return { ...told, contentType: response.headers.get('content-type'), body: await response.text() };
  };
}

const METRICS = JSON.stringify({
  TrialComponentName: 'job-aws-training-job',
  MetricData: [{ MetricName: 'loss', Timestamp: 1, Value: 0.5 }],
});

test('an operation is called by its method and path', async (t) => {
  const send = await setUp(t);
  assert.deepEqual(await send('PUT', '/BatchPutMetrics', METRICS), {
    status: 200,
    type: null,
    contentType: 'application/json',
    body: '{"Errors":[],"saw":"job-aws-training-job"}',
  });
});

test('errors are in the header and the body', async (t) => {
  const send = await setUp(t);
  const told = async (...request: Parameters<typeof send>) => {
    const { status, type, body } = await send(...request);
    assert.equal(JSON.parse(body).__type, type);
    return [status, type];
  };
  assert.deepEqual(await told('PUT', '/BatchPutMetrics', '{'), [400, 'SerializationException']);
  assert.deepEqual(await told('PUT', '/BatchPutMetrics', '{}'), [400, 'ValidationException']);
  assert.deepEqual(await told('PUT', '/BatchPutMetrics', METRICS, 'sagemaker-metrics'), [
    400,
    'InvalidSignatureException',
  ]);
  assert.deepEqual(await told('POST', '/BatchPutMetrics', METRICS), [400, 'UnknownOperationException']);
  assert.deepEqual(await told('POST', '/BatchGetMetrics', METRICS), [400, 'UnknownOperationException']);
});
