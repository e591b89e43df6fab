// SPDX-License-Identifier: Apache-2.0
// What programs do with node-docker-api, whose old docker-modem sends a body with each GET. Prints one line a step;
// run with DOCKER_HOST set and an image's name.
'use strict';
const { Docker } = require('node-docker-api');

const image = process.argv[2];
const docker = new Docker({ socketPath: process.env.DOCKER_HOST.replace('unix://', '') });
const say = (...words) => console.log(...words.map((word) => JSON.stringify(word)));

function collect(stream) {
  return new Promise((resolve, reject) => {
    const pieces = [];
    stream.on('data', (piece) => pieces.push(piece));
    stream.on('end', () => resolve(Buffer.concat(pieces).toString('latin1')));
    stream.on('error', reject);
  });
}

async function main() {
  say('ping', await docker.ping());
  const container = await docker.container.create({ Image: image, Cmd: ['sleep', '600'], name: 'nodeapi' });
  await container.start();
  say('list', (await docker.container.list({ filters: { name: ['nodeapi'] } })).map((each) => each.data.Names));
  const exec = await container.exec.create({ Cmd: ['echo', 'hello'], AttachStdout: true, AttachStderr: true });
  say('exec', await collect(await exec.start({ Detach: false })));
  say('exit', (await exec.status()).data.ExitCode);
  say('top', (await container.top()).Titles.length);
  await container.kill();
  say('wait', await container.wait());
  say('logs', await collect(await container.logs({ stdout: true })));
  await container.delete();
  await container.status().catch((error) => say('gone', error.statusCode));
  const volume = await docker.volume.create({ Name: 'nodeapivol' });
  say('volume', (await volume.status()).data.Name);
  await volume.remove();
  say('image', (await docker.image.get(image).status()).data.RepoTags);
}

main().catch((error) => {
  console.log('failed', error);
  process.exit(1);
});
