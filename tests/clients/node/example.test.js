// What a test of a program that talks to Docker looks like with Drydock and dockerode.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import Docker from 'dockerode';
import { Drydock } from './drydock.js';

let drydock, docker, moment;

before(async () => {
  drydock = await Drydock.start();
  docker = new Docker({ socketPath: drydock.socketPath });
});
after(() => drydock.stop());

beforeEach(async () => {
  moment = await drydock.ask('POST', 'snapshot');
  await drydock.ask('POST', 'journal');
});
afterEach(() => drydock.ask('POST', 'restore', moment));

// The code under test: a failure of a registry comes in the stream, as a line of its own.
async function pull(image) {
  const stream = await docker.pull(image);
  const lines = await new Promise((resolve, reject) => {
    docker.modem.followProgress(stream, (error, all) => (error ? reject(error) : resolve(all)));
  });
  const failed = lines.find((line) => line.error);
  if (failed) throw new Error(failed.error);
}

test('a flaky registry', async () => {
  await drydock.ask('POST', 'faults', { on: 'pull', effect: 'rate_limit' });
  await assert.rejects(pull('nginx:latest'), /toomanyrequests/);
  await pull('nginx:latest');
  await drydock.ask('POST', 'journal', [
    { operation: 'pull', failed: true, times: 1 },
    { operation: 'pull', failed: false, times: 1 },
  ]);
});

test('an hour passes in no time', async () => {
  await pull('alpine:latest');
  const job = await docker.createContainer({ Image: 'alpine', Cmd: ['sh', '-c', 'sleep 3600; exit 3'], name: 'job' });
  await job.start();
  await drydock.ask('POST', 'clock', { advance: '1h1s' });
  assert.equal((await job.inspect()).State.ExitCode, 3);
});

test('a daemon that restarts', async () => {
  await pull('nginx:latest');
  const HostConfig = { RestartPolicy: { Name: 'always' } };
  const web = await docker.createContainer({ Image: 'nginx', name: 'web', HostConfig });
  await web.start();
  await drydock.ask('POST', 'faults', { on: 'list', effect: { daemon_restart: { down: '10s' } } });
  await assert.rejects(docker.listContainers());
  await drydock.ask('POST', 'clock', { advance: '20s' });
  assert.deepEqual((await docker.listContainers()).map((found) => found.Names[0]), ['/web']);
});

test('every test begins anew', async () => {
  assert.deepEqual(await docker.listContainers({ all: true }), []);
  assert.deepEqual((await drydock.ask('GET', 'journal')).leftovers, []);
});
