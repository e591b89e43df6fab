// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// Owning pointers to OpenSSL's objects. Private to the room.
namespace tls::openssl {

template <auto function>
struct Free {
  template <class T>
  void operator()(T* object) const {
    function(object);
  }
};

template <class T, auto function>
using Owned = std::unique_ptr<T, Free<function>>;

using Bio = Owned<BIO, BIO_free_all>;
using Number = Owned<BIGNUM, BN_free>;
using Integer = Owned<ASN1_INTEGER, ASN1_INTEGER_free>;
using Time = Owned<ASN1_TIME, ASN1_TIME_free>;
using Key = Owned<EVP_PKEY, EVP_PKEY_free>;
using Cert = Owned<X509, X509_free>;
using Request = Owned<X509_REQ, X509_REQ_free>;
using Crl = Owned<X509_CRL, X509_CRL_free>;
using Revoked = Owned<X509_REVOKED, X509_REVOKED_free>;
using Extension = Owned<X509_EXTENSION, X509_EXTENSION_free>;
using GeneralName = Owned<GENERAL_NAME, GENERAL_NAME_free>;
using GeneralNames = Owned<GENERAL_NAMES, GENERAL_NAMES_free>;

/// A memory BIO that reads `text`, which must outlive it.
Bio reader_of(std::string_view text);

/// The contents of a memory BIO.
std::string text_of(BIO*);

/// The reason why the last call failed, in OpenSSL's words: "bad base64 decode". Clears it.
std::string last_error();

/// Times beyond the clock's range (99991231235959Z: no end) become the clock's maximum.
std::chrono::system_clock::time_point time_of(const ASN1_TIME*);

/// A name as `openssl x509 -nameopt RFC2253` prints it: "CN=Corp CI CA,O=Corp". Every byte above 7F
/// is escaped, so that terminals can show it: "CN=J\C3\BCrgen".
std::string text_of(const X509_NAME*);
/// The same without these escapes.
std::string plain_text_of(const X509_NAME*);

/// The name's values of one kind, such as NID_organizationalUnitName, in UTF-8. Those that have no
/// such spelling are left out.
std::vector<std::string> values_of(const X509_NAME*, int nid);

/// The only common name; empty if there are none or several.
std::string common_name_of(const X509_NAME*);

/// The name for people: the common name if there is one, else the whole name.
std::string shown(const X509_NAME*);

/// Whether this authority has signed the certificate, and may have.
bool has_signed(X509* issuer, X509* cert);

}  // namespace tls::openssl
