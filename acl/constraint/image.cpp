// SPDX-License-Identifier: Apache-2.0
#include "acl/constraint/checks.hpp"
#include "acl/constraint/image_reference.hpp"
#include "acl/text/shown.hpp"

namespace acl::constraint {
namespace {

/// Joins "repo" and "tag" as the engine does; a tag may be a digest ("sha256:…").
std::string joined(std::string_view repository, std::string_view tag) {
  std::string out(repository);
  if (!tag.empty()) {
    out += tag.find(':') == tag.npos ? ':' : '@';
    out += tag;
  }
  return out;
}

bool is_digest(std::string_view text) {
  constexpr std::string_view algorithm = "sha256:";
  return text.starts_with(algorithm) && text.size() == algorithm.size() + 64;
}

/// A reference may be a URL with a password, or have a query.
Told refuse_image(Context& context, const Place& where, std::string_view reference,
                  std::string_view wanted) {
  return context.refuse(Constraint::images, where, Quoted{shown_target(reference), 128}, wanted);
}

/// Entries are globs: a client's `*` would open more than it asks for.
void opened_by_entry(Told told, std::string_view before, std::string_view reference) {
  const auto entry = shown_target(reference);
  if (entry.find('*') == entry.npos) told.opened_by(before, entry, "]");
}

/// The engine ignores the tag if there is a digest, so entries with a tag cannot match.
void check_listed(Context& context, const Place& where, std::string_view reference) {
  if (context.rules.lists_image(reference)) return;
  const auto told =
      refuse_image(context, where, reference,
                   reference.find('@') == reference.npos
                       ? "a listed image"
                       : "a listed image, by a digest only where `images` lists that digest or "
                         "the name without a tag");
  opened_by_entry(told, "containers.images: [", reference);
}

/// An import makes an image of its input. If a URL names the input, the engine fetches it from the
/// host's own network, where cloud metadata and services on the loopback answer.
void check_source(Context& context, std::string_view source) {
  if (source.empty() || context.spec().image_import) return;
  if (source != "-") {
    context
        .refuse(Constraint::image_import, "fromSrc", shown_value("fromSrc", source),
                "'-' or nothing")
        .opened_by("containers.image_import: true");
  } else if (context.restricted()) {
    context.refuse(Constraint::image_import, "fromSrc", shown_value("fromSrc", source), "nothing")
        .opened_by("containers.image_import: true");
  }
}

}  // namespace

void check_image(Context& context, const Place& where, std::string_view reference) {
  // The engine tries beginnings of ids after names, so such a name does not tell the image.
  const bool id = may_be_an_id(reference);
  if (context.spec().images && id) {
    refuse_image(context, where, reference, "a name, since images are listed by name");
  } else {
    check_listed(context, where, reference);
  }
  if (!context.spec().require_digest) return;
  const bool by_digest = is_digest(id ? reference : complete(reference).digest);
  if (!by_digest) {
    refuse_image(context, where, reference, "a digest (name@sha256:…)")
        .opened_by("containers.require_digest: false");
  }
}

/// Images whose names are in `images` may run, so clients may only give names in `images_write`.
void check_image_name(Context& context, const Place& where, std::string_view reference) {
  if (context.rules.lists_image_to_write(reference)) return;
  const auto told =
      refuse_image(context, where, reference,
                   reference.find('@') == reference.npos
                       ? "a name that `images_write` lists"
                       : "a name that `images_write` lists with that digest or without a tag");
  opened_by_entry(told, "containers.images_write: [", reference);
}

void check_image_create(Context& context) {
  const auto& request = context.request;
  const auto image = request.parameter("fromImage");
  if (!image.empty()) {
    check_image(context, "fromImage", joined(image, request.parameter("tag")));
    if (request.parameter("fromSrc").empty()) return;
  }
  check_source(context, request.parameter("fromSrc"));
  check_changes(context);
  check_image_target(context);
}

/// The archive contains the names of its images.
void check_image_load(Context& context) {
  const ConstraintSpec& spec = context.spec();
  if (spec.image_load) return;
  if (spec.images) {
    context
        .refuse(Constraint::images, "ImageLoad", "an archive with names of its own", "pulls alone")
        .opened_by("containers.image_load: true");
  } else if (context.restricted() && !spec.image_import) {
    context.refuse(Constraint::image_import, "ImageLoad", "an archive of images", "pulls alone")
        .opened_by("containers.image_load: true");
  }
}

void check_image_target(Context& context) {
  const auto repository = context.request.parameter("repo");
  if (repository.empty()) return;
  const auto reference = joined(repository, context.request.parameter("tag"));
  check_image_name(context, "repo", reference);
  check_new_image_name(context, "repo", reference);
}

void check_image_push(Context& context) {
  const auto name = joined(context.request.name(), context.request.parameter("tag"));
  const bool written = context.spec().images_write && context.rules.lists_image_to_write(name);
  if (!written) check_listed(context, "name", name);
}

void check_image_commit_head(Context& context) {
  check_image_target(context);
  check_changes(context);
}

}  // namespace acl::constraint
