// SPDX-License-Identifier: Apache-2.0
#include "acl/constraint/listed_images.hpp"

#include <algorithm>
#include <iterator>

#include "acl/text/glob.hpp"

namespace acl::constraint {

ListedImages::ListedImages(const std::vector<std::string>& globs) {
  globs_.reserve(globs.size());
  std::ranges::transform(globs, std::back_inserter(globs_), read);
  std::ranges::sort(globs_, {}, &Glob::folder);
}

ListedImages::Glob ListedImages::read(std::string_view glob) {
  Glob out;
  const auto at = glob.find('@');
  auto name = glob.substr(0, at);
  out.tag = take_tag(name);
  if (out.tag == "*") out.tag.clear();
  if (at != glob.npos) out.digest = glob.substr(at + 1);
  out.repository = with_registry(name);
  const auto star = out.repository.find('*');
  // Without a slash before it npos + 1 is 0.
  out.fixed = star == out.repository.npos ? star : out.repository.rfind('/', star) + 1;
  return out;
}

bool ListedImages::fits(const Glob& glob, const ImageReference& wanted) {
  if (!acl::fits(glob.repository, wanted.repository)) return false;
  if (glob.digest && !acl::fits(*glob.digest, wanted.digest)) return false;
  // The engine ignores the tag of a reference with a digest, so the tag does not tell the image.
  if (!glob.digest && !glob.tag.empty() && !wanted.digest.empty()) return false;
  return glob.tag.empty() || acl::fits(glob.tag, wanted.tag);
}

bool ListedImages::have(std::string_view reference) const {
  const auto wanted = complete(reference);
  const std::string_view repository = wanted.repository;
  std::size_t end = 0;
  while (end != repository.npos) {
    if (have_in(repository.substr(0, end), wanted)) return true;
    const auto slash = repository.find('/', end);
    end = slash == repository.npos ? slash : slash + 1;
  }
  return have_in(repository, wanted);
}

bool ListedImages::have_in(std::string_view folder, const ImageReference& wanted) const {
  const auto there = std::ranges::equal_range(globs_, folder, {}, &Glob::folder);
  return std::ranges::any_of(there, [&](const Glob& glob) { return fits(glob, wanted); });
}

}  // namespace acl::constraint
