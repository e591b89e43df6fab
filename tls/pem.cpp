// SPDX-License-Identifier: Apache-2.0
#include "tls/pem.hpp"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <system_error>

#include "tls/files.hpp"
#include "tls/wiping.hpp"

namespace tls {
namespace {

/// The group may read a key (root:tidegate 0640 is usual), but nobody else.
bool is_exposed(const struct stat& status) {
  return (status.st_mode & (S_IWGRP | S_IROTH | S_IWOTH)) != 0;
}

enum class Content : std::uint8_t { open, secret };

/// Reads a file of about `size_now` bytes, but no more than one byte beyond `most`. On failure
/// errno is set. The text never moves, so that no copy of a key is left behind.
bool read_whole(int fd, std::size_t size_now, std::size_t most, std::string& text) {
  constexpr std::size_t step = 64 * 1024;
  text.reserve(std::min(size_now, most) + step + 1);
  while (text.size() <= most) {
    const auto size = text.size();
    text.resize(std::min(size + step, most + 1));
    const auto got = read(fd, text.data() + size, text.size() - size);
    text.resize(size + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0 && errno != EINTR) return false;
    if (got == 0) break;
  }
  return true;
}

/// Reads a whole file of at most `most` bytes, which is a number of MiB.
Result<std::string> read_file(const std::string& path, Content content, std::size_t most) {
  const auto cannot_be = [&path](const char* done) {
    return Error{path + " cannot be " + done + ": " + std::generic_category().message(errno)};
  };
  // Without O_NONBLOCK a fifo would block the start until someone writes to it.
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status{};
  if (file.fd < 0 || fstat(file.fd, &status) != 0) return cannot_be("opened");
  if (!S_ISREG(status.st_mode)) return Error{path + " is not a regular file"};
  if (content == Content::secret && is_exposed(status)) {
    return Error{path + " is a private key that other users can read or change: run `chmod 600 " +
                 path + "`, and replace the key if that may have happened"};
  }
  std::string text;
  if (!read_whole(file.fd, static_cast<std::size_t>(status.st_size), most, text))
    return cannot_be("read");
  if (text.size() > most) {
    return Error{path + " is larger than " + std::to_string(most / (1024 * 1024)) +
                 " MiB: is it the right file?"};
  }
  if (text.empty()) return Error{path + " is empty"};
  return text;
}

/// OpenSSL reports "no start line" after the last block; that is the end, not an error.
bool at_end() {
  const auto error = ERR_peek_last_error();
  return ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

/// \param read_next one of the PEM_read_bio_ functions
/// \param what for the Error: "certificate"
/// \param label the block's label: "CERTIFICATE"
/// \param most the file's largest size in bytes
template <class Object, class ReadNext>
Result<std::vector<Object>> read_all(const std::string& path, ReadNext read_next,
                                     const std::string& what, const std::string& label,
                                     std::size_t most) {
  const auto text = read_file(path, Content::open, most);
  if (!text) return text.error();
  const auto bio = openssl::reader_of(*text);
  std::vector<Object> objects;
  ERR_clear_error();
  while (auto* object = read_next(bio.get(), nullptr, nullptr, nullptr))
    objects.emplace_back(object);
  if (!at_end()) {
    return Error{path + ": " + what + " number " + std::to_string(objects.size() + 1) +
                 " is damaged: " + openssl::last_error()};
  }
  ERR_clear_error();
  if (objects.empty()) {
    return Error{path + " holds no " + what + ": it must be PEM, with a line -----BEGIN " + label +
                 "-----"};
  }
  return objects;
}

/// Parses the extensions now. OpenSSL would do it in the first handshake that uses the certificate,
/// possibly in two workers at once, when it is too late to report an error.
bool has_good_extensions(const openssl::Cert& cert) {
  constexpr int no_purpose = -1;
  return X509_check_purpose(cert.get(), no_purpose, 0) == 1;
}

/// tidegate has no passphrase, and OpenSSL would ask for one on the terminal.
int no_passphrase(char*, int, int, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

}  // namespace

Result<std::vector<openssl::Cert>> read_certificates(const std::string& path) {
  auto certificates = read_all<openssl::Cert>(path, PEM_read_bio_X509, "certificate", "CERTIFICATE",
                                              most_file_bytes);
  if (!certificates) return certificates;
  const auto bad = std::ranges::find_if_not(*certificates, has_good_extensions);
  if (bad == certificates->end()) return certificates;
  return Error{path + ": certificate number " + std::to_string(bad - certificates->begin() + 1) +
               " has extensions that cannot be read: " + openssl::last_error()};
}

Result<std::vector<openssl::Crl>> read_revocation_lists(const std::string& path) {
  return read_all<openssl::Crl>(path, PEM_read_bio_X509_CRL, "revocation list", "X509 CRL",
                                most_list_bytes);
}

Result<openssl::Request> read_signing_request(const std::string& path) {
  auto requests = read_all<openssl::Request>(path, PEM_read_bio_X509_REQ, "signing request",
                                             "CERTIFICATE REQUEST", most_file_bytes);
  if (!requests) return requests.error();
  if (requests->size() != 1) return Error{path + " holds more than one signing request"};
  return std::move(requests->front());
}

Result<openssl::Key> read_key(const std::string& path) {
  const Wiping wiping;
  auto text = read_file(path, Content::secret, most_file_bytes);
  if (!text) return text.error();
  const auto bio = openssl::reader_of(*text);
  bool encrypted = false;
  ERR_clear_error();
  openssl::Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, &encrypted));
  OPENSSL_cleanse(text->data(), text->size());
  if (key != nullptr) return key;
  const auto reason = openssl::last_error();
  if (encrypted) {
    return Error{path +
                 " is encrypted, and tidegate has no passphrase for it: decrypt it with "
                 "`openssl pkey -in " +
                 path + " -out FILE` and keep the file readable by tidegate only"};
  }
  return Error{path + " holds no private key in PEM: " + reason};
}

std::string pem_of(X509* cert) {
  const openssl::Bio bio(BIO_new(BIO_s_mem()));
  return PEM_write_bio_X509(bio.get(), cert) == 1 ? openssl::text_of(bio.get()) : std::string();
}

std::string pem_of(X509_CRL* list) {
  const openssl::Bio bio(BIO_new(BIO_s_mem()));
  return PEM_write_bio_X509_CRL(bio.get(), list) == 1 ? openssl::text_of(bio.get()) : std::string();
}

std::string pem_of(EVP_PKEY* key) {
  const openssl::Bio bio(BIO_new(BIO_s_secmem()));
  const bool written =
      PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1;
  return written ? openssl::text_of(bio.get()) : std::string();
}

}  // namespace tls
