// SPDX-License-Identifier: Apache-2.0
#include "acl/scan.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

const char* find_special(const char* at, const char* end) {
  return acl::find_special<'"', '\\'>(at, end);
}

TEST(FindSpecial, sees_each_byte_at_each_place) {
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const bool special = byte < 0x20 || byte >= 0x80 || c == '"' || c == '\\';
    for (std::size_t place = 0; place < 40; ++place) {
      std::string text(40, 'a');
      text[place] = c;
      const char* const found = find_special(text.data(), text.data() + text.size());
      EXPECT_EQ(found - text.data(), special ? static_cast<int>(place) : 40) << byte;
    }
  }
}

TEST(FindSpecial, names_the_first_of_several) {
  const std::string text = "ab!\x7f#[]\"\\\x01\xff";
  EXPECT_EQ(find_special(text.data(), text.data() + text.size()), text.data() + 7);
  EXPECT_EQ(find_special(text.data() + 8, text.data() + text.size()), text.data() + 8);
}

TEST(Same, compares_each_byte_of_texts_of_any_size) {
  for (std::size_t size = 0; size < 40; ++size) {
    const std::string text(size, 'a');
    EXPECT_TRUE(acl::same(text.data(), std::string(text).data(), size)) << size;
    for (std::size_t place = 0; place < size; ++place) {
      std::string other = text;
      other[place] = 'b';
      EXPECT_FALSE(acl::same(text.data(), other.data(), size)) << size << " " << place;
    }
  }
}

TEST(LoadUpToEight, takes_what_is_there_and_no_byte_behind_it) {
  const std::string text = "abcdefghij";
  std::uint64_t expected = 0;
  for (std::size_t size = 0; size <= 10; ++size) {
    const std::string exact = text.substr(0, size);  // a byte behind it is another's
    EXPECT_EQ(acl::load_up_to_eight(exact.data(), size), expected) << size;
    if (size < 8) expected |= std::uint64_t{static_cast<unsigned char>(text[size])} << size * 8;
  }
}

TEST(AllPrintable, refuses_each_byte_that_is_not_at_each_place) {
  for (int byte = 0; byte < 256; ++byte) {
    const bool printable = byte >= 0x20 && byte < 0x7f;
    for (std::size_t place = 0; place < 40; ++place) {
      std::string text(40, 'a');
      text[place] = static_cast<char>(byte);
      EXPECT_EQ(acl::all_printable(text), printable) << byte;
      EXPECT_EQ(acl::all_printable<'~'>(text), printable && byte != '~') << byte;
    }
  }
}

}  // namespace
