// SPDX-License-Identifier: Apache-2.0
// What programs do with dockerode. Prints one line a step; run with DOCKER_HOST set (and DOCKER_CERT_PATH
// for TLS) and an image's name.
'use strict';
const { PassThrough } = require('stream');
const fs = require('fs');
const path = require('path');
const Docker = require('dockerode');

const image = process.argv[2];
const docker = new Docker(options(process.env.DOCKER_HOST, process.env.DOCKER_CERT_PATH));
const say = (...words) => console.log(...words.map((word) => (typeof word === 'string' ? word : JSON.stringify(word))));

function options(host, certificates) {
  if (host.startsWith('unix://')) return { socketPath: host.replace('unix://', '') };
  const { hostname, port } = new URL(host);
  const read = (name) => fs.readFileSync(path.join(certificates, name));
  return { protocol: 'https', host: hostname, port, ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') };
}

function collect(stream) {
  return new Promise((resolve, reject) => {
    const pieces = [];
    stream.on('data', (piece) => pieces.push(Buffer.from(piece)));
    stream.on('end', () => resolve(Buffer.concat(pieces)));
    stream.on('error', reject);
  });
}

// A stream of frames, taken apart into standard output and standard error.
async function demux(stream) {
  const out = new PassThrough();
  const err = new PassThrough();
  docker.modem.demuxStream(stream, out, err);
  stream.on('end', () => { out.end(); err.end(); });
  const [stdout, stderr] = await Promise.all([collect(out), collect(err)]);
  return { stdout: stdout.toString(), stderr: stderr.toString() };
}

async function attachWithInput() {
  const container = await docker.createContainer({
    Image: image, Cmd: ['sh', '-c', 'wc -c; echo err >&2; exit 3'], OpenStdin: true, StdinOnce: true,
  });
  const stream = await container.attach({ stream: true, stdin: true, stdout: true, stderr: true, hijack: true });
  const output = demux(stream);
  await container.start();
  stream.write(Buffer.alloc(300000, 'x'));
  stream.end();
  say('attach', await output, await container.wait());
  await container.remove();
}

async function execBothWays(container) {
  for (const hijack of [true, false]) {
    const exec = await container.exec({
      Cmd: ['sh', '-c', hijack ? 'cat; exit 4' : 'echo no input; exit 5'],
      AttachStdin: hijack, AttachStdout: true, AttachStderr: true,
    });
    const stream = await exec.start({ hijack, stdin: hijack });
    if (hijack) stream.end('typed\n');
    say('exec', await demux(stream), (await exec.inspect()).ExitCode);
  }
}

async function main() {
  say('ping', (await docker.ping()).toString(), 'version', (await docker.version()).Version);
  const output = new PassThrough();
  const said = collect(output);
  const [end, ran] = await docker.run(image, ['sh', '-c', 'echo out; exit 2'], output, { Tty: true });
  say('run', end, (await said).toString());
  await ran.remove();

  await attachWithInput();
  const container = await docker.createContainer({ Image: image, Cmd: ['sleep', '600'], name: 'node' });
  await container.start();
  await execBothWays(container);
  say('list', (await docker.listContainers({ filters: { name: ['node'] } })).map((each) => each.Names));
  say('stats', Object.keys(await container.stats({ stream: false })).sort());
  await container.kill();
  say('wait', await container.wait());
  await container.remove();
  await container.inspect().catch((error) => say('gone', error.statusCode, error.json));

  const tar = await collect(await docker.getImage(image).get());
  say('load', (await collect(await docker.loadImage(tar))).toString());
  const volume = await docker.createVolume({ Name: 'nodevol' });
  await volume.remove();
  const network = await docker.createNetwork({ Name: 'nodenet' });
  await network.remove();
  say('done');
}

main().catch((error) => {
  console.log('failed', error);
  process.exit(1);
});
