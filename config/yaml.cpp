// SPDX-License-Identifier: Apache-2.0
#include "config/yaml.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <optional>
#include <sstream>
#include <unordered_map>
#include <utility>

#include "acl/text/shown.hpp"
#include "config/words.hpp"

namespace config {
namespace {

int line_at(const YAML::Mark& mark) {
  return mark.line < 0 ? 0 : mark.line + 1;
}

/// Reports unreadable text. YAML's own message does not say that `@read` and `*` need quotes.
void report_unreadable(const YAML::Exception& error, std::string_view text, Report& report) {
  constexpr std::string_view indicators = "@*`%";
  constexpr std::size_t longest_reason = 200;  // it may quote the file
  const auto at = static_cast<std::size_t>(std::max(error.mark.pos, 0));
  for (const auto begin : {at, at == 0 ? at : at - 1}) {
    if (begin >= text.size() || indicators.find(text[begin]) == indicators.npos) continue;
    const auto word = text.substr(begin, text.find_first_of(" ,]}\r\n", begin) - begin);
    return report.add(line_at(error.mark), "",
                      "not valid YAML: a value that begins with " + acl::quoted(word.substr(0, 1)) +
                          " needs quotes",
                      "write " + code("\"" + std::string(word) + "\""));
  }
  report.add(line_at(error.mark), "", "not valid YAML: " + acl::shown(error.msg, longest_reason),
             "look at the indentation (spaces only), colons and quotes here and just above");
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

/// Builds the tree from yaml-cpp's events. YAML::Node would hide what is checked here: it resolves
/// aliases and silently keeps duplicate keys.
class Builder : public YAML::EventHandler {
 public:
  explicit Builder(Report& report) : report_(report) {}

  YamlNode take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ == 1) return;
    report_.add(line_at(mark), "", "more after the end of the document",
                "is there a stray bracket or comma, or a second document (`---`)?");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    place(checked(YamlNode(YamlNode::Kind::null, line_at(mark)), "?", anchor));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    YamlNode node(YamlNode::Kind::null, line_at(mark));
    refuse(node, "aliases (`*name`) are not supported", "write the value out");
    place(std::move(node));
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    YamlNode node(YamlNode::Kind::scalar, line_at(mark));
    node.quoted = tag == "!";
    node.text = value;
    if (has_control(value)) {
      refuse(node, acl::quoted(value) + " holds a line break or control character", "remove it");
    }
    place(checked(std::move(node), tag, anchor));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(YamlNode::Kind::list, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(YamlNode::Kind::map, mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Key {
    std::string text;
    int line = 0;
    bool kept = true;  ///< false: reported, and its value is skipped
  };
  struct Frame {
    YamlNode node;
    bool is_list = false;    ///< stays true for a refused list
    std::optional<Key> key;  ///< of a map: it has been read, and its value comes next
    std::unordered_map<std::string, int> lines_of;  ///< of a map: the keys seen, and their lines
  };

  void refuse(YamlNode& node, std::string message, std::string hint) {
    report_.add(node.line, where(), std::move(message), std::move(hint));
    node.kind = YamlNode::Kind::refused;
  }

  YamlNode checked(YamlNode node, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) {
      refuse(node, "anchors (`&name`) are not supported", "write the value out where it is needed");
    }
    if (!tag.empty() && tag != "?" && tag != "!") {
      refuse(node, "tags (`!!type`) are not supported", "remove it");
    }
    return node;
  }

  void open(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag,
            YAML::anchor_t anchor) {
    if (frames_.size() == deepest_nesting) {
      throw YAML::ParserException(
          mark, "nested deeper than " + std::to_string(deepest_nesting) + " levels");
    }
    frames_.push_back({checked(YamlNode(kind, line_at(mark)), tag, anchor),
                       kind == YamlNode::Kind::list,
                       {},
                       {}});
  }

  void close() {
    YamlNode node = std::move(frames_.back().node);
    frames_.pop_back();
    place(std::move(node));
  }

  /// Adds a finished value to its parent.
  void place(YamlNode node) {
    if (frames_.empty()) {
      if (documents_ == 1) root_ = std::move(node);
      return;
    }
    Frame& frame = frames_.back();
    if (frame.is_list) {
      frame.node.items.push_back(std::move(node));
    } else if (!frame.key) {
      frame.key = read_key(frame, node);
    } else {
      const auto key = *std::exchange(frame.key, std::nullopt);
      node.line = key.line;
      if (key.kept) frame.node.entries.push_back({key.text, std::move(node)});
    }
  }

  Key read_key(Frame& frame, const YamlNode& node) {
    Key dropped{node.text, node.line, false};
    if (node.kind == YamlNode::Kind::refused) return dropped;
    if (node.kind != YamlNode::Kind::scalar) {
      report_.add(node.line, where(), "a key is not a plain word",
                  "write `key: value`; `{` and `[` begin a key only in quotes");
      return dropped;
    }
    if (node.text == "<<") {
      report_.add(node.line, where(), "merge keys (`<<`) are not supported", "write the keys out");
      return dropped;
    }
    const auto [first, is_new] = frame.lines_of.try_emplace(node.text, node.line);
    if (is_new) return {node.text, node.line, true};
    report_.add(node.line, join(where(), node.text),
                "is given twice; the first is on line " + std::to_string(first->second),
                "keep one of them");
    return dropped;
  }

  std::string where() const {
    std::string path;
    for (const auto& frame : frames_) {
      if (frame.is_list) {
        path = join(path, frame.node.items.size());
      } else if (frame.key) {
        path = join(path, frame.key->text);
      }
    }
    return path;
  }

  Report& report_;
  YamlNode root_;
  std::vector<Frame> frames_;
  int documents_ = 0;
};

}  // namespace

YamlNode scalar_node(std::string text) {
  YamlNode node(text.empty() ? YamlNode::Kind::null : YamlNode::Kind::scalar);
  node.text = std::move(text);
  return node;
}

YamlNode::YamlNode(Kind kind_of, int at) : kind(kind_of), line(at) {}

const YamlNode* YamlNode::find(std::string_view key) const {
  const auto entry = std::ranges::find(entries, key, &Entry::key);
  return entry == entries.end() ? nullptr : &entry->value;
}

void YamlNode::set(std::string_view key, YamlNode value) {
  const auto entry = std::ranges::find(entries, key, &Entry::key);
  if (entry == entries.end()) {
    entries.push_back({std::string(key), std::move(value)});
  } else {
    entry->value = std::move(value);
  }
}

YamlNode read_yaml(std::string_view text, Report& report) {
  const YamlNode refused(YamlNode::Kind::refused);
  if (text.size() > most_file_bytes) {
    report.add(0, "", "the file is larger than 1MiB", "is this the configuration?");
    return refused;
  }
  Builder builder(report);
  // yaml-cpp throws for unreadable text; no exception leaves this function.
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    // Reads twice, which is enough to notice a second document. A loop might not end: yaml-cpp 0.7
    // returns endless documents where one begins with a comma or a closing bracket, which it never
    // consumes.
    if (parser.HandleNextDocument(builder)) parser.HandleNextDocument(builder);
    return builder.take();
  } catch (const YAML::Exception& error) {
    report_unreadable(error, text, report);
    return refused;
  }
}

std::string join(const std::string& where, std::string_view key) {
  return (where.empty() ? "" : where + ".") + acl::shown(key);
}

std::string join(const std::string& where, std::size_t index) {
  return where + "[" + std::to_string(index) + "]";
}

}  // namespace config
