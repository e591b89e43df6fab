// SPDX-License-Identifier: Apache-2.0
// What a test with Testcontainers does: a network, a container, a file copied in, a command, and away.
'use strict';
const { GenericContainer, Network } = require('testcontainers');

async function main(image) {
  const network = await new Network().start();
  const container = await new GenericContainer(image)
    .withCommand(['sleep', '600'])
    .withNetwork(network)
    .withCopyContentToContainer([{ content: 'copied', target: '/tmp/file' }])
    .start();
  const said = await container.exec(['echo', 'hello']);
  console.log('exec', said.exitCode, said.output.trim());
  console.log((await container.exec(['cat', '/tmp/file'])).output.trim());
  await container.stop();
  await network.stop();
  console.log('stopped');
}

main(process.argv[2]).catch((error) => {
  console.error(error);
  process.exit(1);
});
