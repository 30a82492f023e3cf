import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settingsSchema } from '../config/settings.ts';
import { loopbackPorts } from './environment-variables.ts';

const otherS3 = (endpoint: string) => settingsSchema.parse({ s3: { kind: 's3', endpoint } });

test('the ports of this machine’s loopback that a job is told of, each once', () => {
  const settings = settingsSchema.parse({});
  assert.deepEqual(loopbackPorts(settings, 'http://127.0.0.1:7117'), [7117]);
  assert.deepEqual(loopbackPorts(settings, 'http://[::1]:7117'), [7117]);
  assert.deepEqual(loopbackPorts(settings, 'http://192.168.0.7:7117'), []);
  assert.deepEqual(loopbackPorts(otherS3('http://localhost:9000'), 'http://127.0.0.1:7117'), [7117, 9000]);
  assert.deepEqual(loopbackPorts(otherS3('https://127.0.0.1'), 'http://127.0.0.1:7117'), [7117, 443]);
  assert.deepEqual(loopbackPorts(otherS3('https://s3.example.org'), 'http://127.0.0.1:7117'), [7117]);
});
