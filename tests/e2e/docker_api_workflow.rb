# SPDX-License-Identifier: Apache-2.0
# What programs do with Ruby's docker-api. Prints one line a step; run with DOCKER_URL set and an image's name.
require 'docker'
require 'json'
require 'rubygems/package'  # docker-api forgets it

image = ARGV[0]
name = "ruby-#{Process.pid}"  # an earlier run's events of this second are none of ours
# Events are read one message for each piece that arrives: the library cannot join two pieces.
seen = []
watcher = Thread.new do
  Docker::Event.stream(filters: { container: [name] }.to_json, since: Time.now.to_i) do |event|
    seen << event.action unless event.action == 'exec_die'  # the engine tells of it at any time
    break if event.action == 'destroy'
  end
end

box = Docker::Container.create('Image' => image, 'name' => name, 'Cmd' => %w[sleep 600], 'Labels' => { 'long' => 'x' * 3000 })
box.start
p box.exec(['sh', '-c', 'echo out; exit 3'])
p box.exec(%w[cat], stdin: StringIO.new("typed\n"))
p box.exec(['sh', '-c', 'echo one; sleep 0.2; echo two'], tty: true)
box.store_file('/tmp/file', 'words')
p box.read_file('/tmp/file')
p box.json['State']['Running'], box.top.length
box.kill
p box.wait(30)
box.remove
watcher.join(30) or abort 'the events do not arrive'
p seen

box = Docker::Container.create('Image' => image, 'Cmd' => %w[cat], 'OpenStdin' => true, 'StdinOnce' => true)
p box.tap(&:start).attach(stdin: StringIO.new("through\n"))
p box.wait(30), box.logs(stdout: true)
box.remove

built = Docker::Image.build("FROM #{image}\nLABEL made=here\n")
p built.json['Config']['Labels']
built.tag('repo' => 'ruby', 'tag' => '1')
Docker::Image.load(StringIO.new(Docker::Image.save('ruby:1')))
p Docker::Image.exist?('ruby:1'), Docker::Image.exist?('ruby:2')
built.remove(force: true)
begin
  Docker::Container.get('ruby-is-gone')
rescue Docker::Error::NotFoundError => e
  puts e.message
end
