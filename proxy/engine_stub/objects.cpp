// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "proxy/engine_stub/answers.hpp"
#include "proxy/engine_stub/filters.hpp"
#include "proxy/engine_stub/shapes.hpp"

/// What an operation does to objects of any kind, and to images and networks alone.
namespace proxy::engine_stub {
namespace {

bool let_through(const Filters& filters, const Engine& engine, const Object& object) {
  const bool asked = filters.wanted.contains("dangling");  // not looked up for nothing
  return filters.let_through(facts(object, asked && (built_in(object) || engine.user_of(object))));
}

Filters filters_of(const Call& call) {
  return {call.request.parameter("filters"), facts(Object{.kind = call.row.kind}, false)};
}

/// Pruning leaves what is running or in use. \returns whether an object may go.
bool idle(const Engine& engine, const Object& object) {
  return !object.process.running() && !built_in(object) && !engine.user_of(object);
}

std::string why_not_removed(const Call& call, const Object& object) {
  const auto type = std::string(shape(object.kind).type);
  if (built_in(object)) return object.name() + " is a pre-defined network and cannot be removed";
  if (object.process.running() && !call.asks("force"))
    return "You cannot remove a running container " + object.id +
           ". Stop the container before attempting removal or force remove";
  const auto user = call.engine.user_of(object);
  if (!user || call.asks("force")) return "";
  return type + " " + object.id + " is in use by container " + user->id;
}

/// "alpine" and "3.20" are alpine:3.20; with a digest alpine@sha256:….
std::string tagged(std::string_view repository, std::string_view tag) {
  if (repository.empty() || tag.empty()) return std::string(repository);
  const auto* separator = tag.starts_with("sha256:") ? "@" : ":";
  return std::string(repository) + separator + std::string(tag);
}

/// A name belongs to the image that got it last.
void give_name(Engine& engine, Object& image, const std::string& name) {
  for (const auto& other : engine.all(Kind::image)) {
    std::erase(other->names, name);
    show_names(*other);
  }
  image.names.push_back(name);
  show_names(image);
}

/// A new image, and its names.
Instead add_image(Call& call, const std::vector<std::string>& names, const Json& labels) {
  call.object = call.engine.add(make_image("", labels));
  if (!call.object) return not_here("there are too many images; remove some");
  for (const auto& name : names) give_name(call.engine, *call.object, image_name(name));
  return std::nullopt;
}

}  // namespace

Instead list(Call& call) {
  auto filters = filters_of(call);
  if (filters.problem) return filters.problem;
  if (call.row.kind == Kind::container && !call.asks("all") && !filters.wanted.contains("status"))
    filters.wanted["status"] = {"running", "paused"};
  auto found = Json::array();
  for (const auto& object : call.engine.all(call.row.kind))
    if (let_through(filters, call.engine, *object)) found.push_back(listed(*object));
  if (found.empty()) call.engine.found_nothing(call.row.operation);
  call.from["list"] = std::move(found);
  return std::nullopt;
}

Instead create(Call& call) {
  const auto kind = call.row.kind;
  if (!call.body().is_object()) return error(400, "invalid JSON: an object is due");
  const auto name = text(call.body(), "Name");
  call.object = name.empty() ? nullptr : call.engine.find(kind, name);
  if (call.object && kind == Kind::volume) return std::nullopt;  // as the engine does
  if (call.object)
    return error(409, std::string(shape(kind).type) + " with name " + name + " already exists");
  if (kind == Kind::secret) call.from["body"].erase("Data");  // nobody is told
  call.object = call.engine.add(make(kind, name, call.from));
  if (!call.object) return not_here("there are too many of a kind; remove some");
  return std::nullopt;
}

Instead remove(Call& call) {
  if (const auto problem = why_not_removed(call, *call.object); !problem.empty())
    return error(call.row.kind == Kind::network ? 403 : 409, problem);
  call.engine.remove(call.object);
  return std::nullopt;
}

Instead prune(Call& call) {
  auto filters = filters_of(call);
  if (filters.problem) return filters.problem;
  // Of images only those without a name go, but for `dangling=false`.
  const auto& dangling = member(filters.wanted, "dangling");
  const bool all = !dangling.empty() && (dangling.front() == "false" || dangling.front() == "0");
  const bool nameless = call.row.kind == Kind::image && !all;
  if (call.row.kind == Kind::image) filters.wanted.erase("dangling");
  auto ids = Json::array(), names = Json::array(), records = Json::array();
  for (const auto& object : std::vector(call.engine.all(call.row.kind))) {
    if (!idle(call.engine, *object) || (nameless && !object->names.empty())) continue;
    if (!let_through(filters, call.engine, *object)) continue;
    call.engine.remove(object);
    ids.push_back(object->id);
    names.push_back(object->name());
    records.push_back({{"Deleted", object->id}});
  }
  call.from.update({{"ids", ids}, {"names", names}, {"records", records}});
  return std::nullopt;
}

Instead pull(Call& call) {
  const auto& request = call.request;
  for (const auto* parameter : {"fromImage", "repo"}) {
    const auto name = tagged(request.parameter(parameter), request.parameter("tag"));
    if (name.empty()) continue;
    call.from["tag"] = name;
    const bool is_there = request.operation == acl::Operation::ImageCreate &&
                          std::ranges::any_of(call.engine.all(Kind::image), [&](const auto& image) {
                            return std::ranges::count(image->names, image_name(name)) != 0;
                          });
    return is_there ? std::nullopt : add_image(call, {name}, {});
  }
  call.from["tag"] = "an image without a name";
  return add_image(call, {}, {});
}

Instead build(Call& call) {
  std::vector<std::string> names;
  for (const auto& parameter : call.request.query)
    if (parameter.name == "t") names.push_back(parameter.value);
  const auto labels = Json::parse(call.request.parameter("labels"), nullptr, false);
  if (auto problem = add_image(call, names, labels.is_object() ? labels : Json())) return problem;
  const auto& id = call.object->id;
  if (call.asks("q")) return Reply{200, {{{"stream", id + "\n"}}}, true};
  call.from["short"] = id.substr(7, 12);
  call.from["tagged"] = names.empty() ? "" : "Successfully tagged " + image_name(names[0]) + "\n";
  return std::nullopt;
}

Instead tag(Call& call) {
  const auto name = tagged(call.request.parameter("repo"), call.request.parameter("tag"));
  if (name.empty()) return error(400, "a repository's name is due");
  // With any_image it is not among the images yet.
  if (!call.engine.find(Kind::image, call.object->id)) call.object = call.engine.add(*call.object);
  if (call.object) give_name(call.engine, *call.object, image_name(name));
  return std::nullopt;
}

Instead untag(Call& call) {
  auto& image = *call.object;
  const auto name = image_name(call.request.name());
  auto records = Json::array();
  if (std::ranges::count(image.names, name) != 0 && image.names.size() > 1) {
    std::erase(image.names, name);
    show_names(image);
    records.push_back({{"Untagged", name}});
  } else {
    if (auto problem = remove(call)) return problem;
    for (const auto& other : image.names) records.push_back({{"Untagged", other}});
    records.push_back({{"Deleted", image.id}});
  }
  call.from["records"] = std::move(records);
  return std::nullopt;
}

Instead connect(Call& call) {
  const auto name = text(call.body(), "Container");
  const auto container = call.engine.find(Kind::container, name);
  if (!container) return error(404, "No such container: " + name);
  call.engine.connect(*container, call.object->name(), member(call.body(), "EndpointConfig"));
  return std::nullopt;
}

Instead disconnect(Call& call) {
  const auto name = text(call.body(), "Container");
  const auto container = call.engine.find(Kind::container, name);
  if (!container) return error(404, "No such container: " + name);
  call.engine.disconnect(*container, call.object->name());
  return std::nullopt;
}

}  // namespace proxy::engine_stub
