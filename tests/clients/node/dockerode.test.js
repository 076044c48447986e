// What programs do with dockerode: streams in both directions, taken over or not, archives, builds and progress.
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import Docker from 'dockerode';
import { Drydock } from './drydock.js';

let drydock, docker, moment;

before(async () => {
  drydock = await Drydock.start();
  docker = new Docker({ socketPath: drydock.socketPath });
  for (const image of ['alpine:latest', 'ubuntu:latest']) await finished(await docker.pull(image));
});
after(() => drydock.stop());
beforeEach(async () => { moment = await drydock.ask('POST', 'snapshot'); });
afterEach(() => drydock.ask('POST', 'restore', moment));

/** The documents of a stream of progress. */
function finished(stream) {
  return new Promise((resolve, reject) => {
    docker.modem.followProgress(stream, (error, all) => (error ? reject(error) : resolve(all)));
  });
}

/** All that a stream gives, until it ends or as much as `enough`. */
async function text(stream) {
  const pieces = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

/** What was printed, the two streams apart. */
async function apart(stream) {
  const [out, err] = [new PassThrough(), new PassThrough()];
  docker.modem.demuxStream(stream, out, err);
  stream.on('end', () => { out.end(); err.end(); });
  return Promise.all([text(out), text(err)]);
}

const streams = { stream: true, stdin: true, stdout: true, stderr: true };
const TYPED = { AttachStdin: true, OpenStdin: true, StdinOnce: true, AttachStdout: true, AttachStderr: true };

test('what is typed at a terminal is counted', async () => {
  const wc = await docker.createContainer({ Image: 'ubuntu', Cmd: ['wc', '-c'], Tty: true, ...TYPED });
  const stream = await wc.attach({ ...streams, hijack: true });
  await wc.start();
  stream.write('x'.repeat(1000) + '\n\x04');
  const seen = await text(stream);
  assert.equal(seen, 'x'.repeat(1000) + '\r\n1001\r\n');
  assert.deepEqual(await wc.wait(), { StatusCode: 0 });
});

test('a shell reads what is written to it, whether the connection is taken over or not', async () => {
  for (const hijack of [true, false]) {
    const shell = await docker.createContainer({ Image: 'ubuntu', Cmd: ['bash'], ...TYPED });
    const stream = await shell.attach({ ...streams, hijack });
    assert.equal(stream instanceof Socket, hijack);
    await shell.start();
    stream.write(`printf ${'y'.repeat(5000)} | wc -c; echo wrong >&2; exit 3\n`);
    assert.deepEqual(await apart(stream), ['5000\n', 'wrong\n']);
    assert.deepEqual(await shell.wait(), { StatusCode: 3 });
  }
});

test('an exec is taken over, and its input has an end', async () => {
  // Time is virtual here: `sleep` would be over before anything is typed.
  const box = await docker.createContainer({ Image: 'alpine', Cmd: ['tail', '-f', '/dev/null'] });
  await box.start();
  const exec = await box.exec({ Cmd: ['cat'], AttachStdin: true, AttachStdout: true });
  const stream = await exec.start({ hijack: true, stdin: true });
  assert.ok(stream instanceof Socket);
  stream.end('all\nof\nit\n');
  const pieces = [];
  for await (const piece of stream) pieces.push(piece);
  const frame = Buffer.concat(pieces);
  assert.deepEqual([frame[0], frame.readUInt32BE(4), frame.toString('utf8', 8)], [1, 10, 'all\nof\nit\n']);
  const { ExitCode, Running } = await exec.inspect();
  assert.deepEqual({ ExitCode, Running }, { ExitCode: 0, Running: false });
});

test('run tells of the container and how it ended', async () => {
  const out = new PassThrough().resume();
  const [result, box] = await docker.run('ubuntu', ['bash', '-c', 'uname -s; exit 4'], out, { HostConfig: { Privileged: true } });
  assert.equal(result.StatusCode, 4);
  assert.equal((await box.logs({ stdout: true })).toString(), 'Linux\r\n');
  assert.equal((await box.inspect()).HostConfig.Privileged, true);
  await box.remove();
  await assert.rejects(box.inspect(), { statusCode: 404, reason: 'no such container' });
});

test('logs are followed and told apart', async () => {
  const box = await docker.createContainer({ Image: 'alpine', Cmd: ['sh', '-c', 'echo one; sleep 1; echo two >&2'] });
  await box.start();
  const stream = await box.logs({ follow: true, stdout: true, stderr: true, timestamps: true });
  const [out, err] = await apart(stream);
  assert.match(out, /^\d{4}-\d\d-\d\dT\S+Z one\n$/);
  assert.match(err, /^\S+Z two\n$/);
});

test('an archive goes in and comes out', async () => {
  const box = await docker.createContainer({ Image: 'alpine', Cmd: ['sleep', '1000'] });
  const tar = archive({ 'note.txt': 'hello\n' });
  await box.putArchive(tar, { path: '/root' });
  const { headers } = await box.infoArchive({ path: '/root/note.txt' });
  const stat = JSON.parse(Buffer.from(headers['x-docker-container-path-stat'], 'base64'));
  assert.deepEqual([stat.name, stat.size], ['note.txt', 6]);
  assert.match(await text(await box.getArchive({ path: '/root/note.txt' })), /^note\.txt\0[^]*\0hello\n\0/);
  assert.deepEqual(await box.changes(), [{ Path: '/root', Kind: 0 }, { Path: '/root/note.txt', Kind: 1 }]);
  await assert.rejects(box.getArchive({ path: '/nowhere' }), { statusCode: 404 });
});

test('a build, and what fails in it', async () => {
  const tar = archive({ Dockerfile: 'FROM alpine\nCOPY note.txt /\nRUN cat /note.txt\n', 'note.txt': 'in the image\n' });
  const lines = await finished(await docker.buildImage(tar, { t: 'mine:v1' }));
  assert.ok(lines.some((line) => line.stream === 'in the image\n'), JSON.stringify(lines));
  assert.match(lines.find((line) => line.aux).aux.ID, /^sha256:/);
  assert.deepEqual((await docker.getImage('mine:v1').inspect()).RepoTags, ['mine:v1']);
  await assert.rejects(docker.buildImage(tar, { version: '2' }), { statusCode: 501 });
  const bad = archive({ Dockerfile: 'FROM alpine\nRUN exit 7\n' });
  const last = (await finished(await docker.buildImage(bad, {}))).at(-1);
  assert.deepEqual([last.errorDetail.code, last.error], [7, "The command '/bin/sh -c exit 7' returned a non-zero code: 7"]);
});

test('progress may be left before its end', async () => {
  const stream = await docker.pull('nginx:latest');
  await once(stream, 'data');
  stream.destroy();
  assert.equal((await docker.ping()).toString(), 'OK');
});

test('what the daemon tells of itself', async () => {
  assert.equal((await docker.version()).ApiVersion, '1.55');
  assert.equal((await docker.info()).Images, 2);
  assert.ok((await docker.searchImages({ term: 'node' })).some((found) => found.is_official));
  await assert.rejects(docker.checkAuth({ username: 'nobody', password: 'wrong' }), { statusCode: 401 });
  assert.ok((await docker.df()).ImageUsage.TotalCount >= 2);
});

test('a container from its making to its end', async () => {
  const box = await docker.createContainer({ Image: 'alpine', Cmd: ['sleep', '1000'], name: 'box', Tty: true });
  await box.start();
  await assert.rejects(box.start(), { statusCode: 304 });
  await box.resize({ h: 40, w: 100 });
  await box.update({ CpuShares: 512 });
  assert.equal((await box.inspect()).HostConfig.CpuShares, 512);
  assert.deepEqual((await box.top({ ps_args: '-o pid,args' })).Processes[0].at(-1), 'sleep 1000');
  assert.equal((await box.stats({ stream: false })).name, '/box');
  await box.pause();
  assert.equal((await box.inspect()).State.Status, 'paused');
  await box.unpause();
  await box.rename({ name: 'other' });
  const { Id } = await box.commit({ repo: 'kept', tag: 'v1', comment: 'as it was' });
  assert.equal((await docker.getImage('kept:v1').history())[0].Id, Id);
  assert.ok((await text(await box.export())).includes('etc/alpine-release'));
  await box.restart({ t: 1 });
  await box.kill({ signal: 'KILL' });
  assert.deepEqual(await box.wait(), { StatusCode: 137 });
  await box.remove({ v: true });
  assert.deepEqual(await docker.listContainers({ all: true }), []);
});

test('networks and volumes', async () => {
  const network = await docker.createNetwork({ Name: 'lan', IPAM: { Config: [{ Subnet: '10.9.0.0/24' }] } });
  const box = await docker.createContainer({ Image: 'alpine', Cmd: ['sleep', '1000'] });
  await box.start();
  await network.connect({ Container: box.id, EndpointConfig: { Aliases: ['boxy'] } });
  assert.equal((await network.inspect()).Containers[box.id].IPv4Address, '10.9.0.2/24');
  await assert.rejects(network.remove(), { statusCode: 403 });
  await network.disconnect({ Container: box.id });
  await network.remove();
  await docker.createVolume({ Name: 'data', Labels: { a: 'b' } });
  assert.deepEqual((await docker.listVolumes({ filters: { label: ['a=b'] } })).Volumes.map((v) => v.Name), ['data']);
  await docker.getVolume('data').remove();
});

/** An archive of plain files. */
function archive(files) {
  const blocks = Object.entries(files).map(([name, content]) => {
    const head = Buffer.alloc(512);
    head.write(name, 0);
    const fields = [[100, '0000644\0'], [124, content.length.toString(8).padStart(11, '0')], [148, '        '], [257, 'ustar\x0000']];
    for (const [at, field] of fields) head.write(field, at, 'latin1');
    head.write('0', 156);
    head.write(head.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, '0') + '\0 ', 148, 'latin1');
    const body = Buffer.alloc(Math.ceil(content.length / 512) * 512);
    body.write(content);
    return Buffer.concat([head, body]);
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}
