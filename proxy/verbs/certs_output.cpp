// SPDX-License-Identifier: Apache-2.0
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <iterator>
#include <set>

#include "proxy/verbs/certs.hpp"

namespace proxy::verbs::certs {
namespace {

using Clock = std::chrono::system_clock;

std::string date(tls::TimePoint when) {
  return fmt::format("{:%Y-%m-%d %H:%M} UTC", fmt::gmtime(Clock::to_time_t(when)));
}

const char* word(tls::Entry::Kind kind) {
  switch (kind) {
    case tls::Entry::Kind::authority: return "authority";
    case tls::Entry::Kind::server: return "server";
    case tls::Entry::Kind::client: return "client";
  }
  return "";
}

std::string state(const tls::Entry& entry) {
  using tls::Revocation;
  const bool refused =
      entry.revocation == Revocation::everywhere || entry.revocation == Revocation::listeners_only;
  if (refused) return "revoked";
  if (!entry.trusted) return "NOT TRUSTED";
  const bool over = entry.certificate.not_after < Clock::now();
  return (over ? "EXPIRED " : "until ") + date(entry.certificate.not_after);
}

std::string absolute(const std::string& path) {
  std::error_code error;
  const auto whole = std::filesystem::weakly_canonical(path, error);
  return error ? path : whole.string();
}

/// The host that clients of this server connect to: the first that is not a pattern.
std::string host_of(const std::vector<tls::Entry>& entries) {
  const auto server = std::ranges::find(entries, tls::Entry::Kind::server, &tls::Entry::kind);
  if (server == entries.end()) return "HOST";
  const auto is_pattern = [](const std::string& name) { return name.starts_with('*'); };
  const auto host = std::ranges::find_if_not(server->names, is_pattern);
  if (host == server->names.end()) return "HOST";
  const bool ipv6 = host->find(':') != std::string::npos;
  return ipv6 ? "[" + *host + "]" : *host;
}

/// Says where a certificate is that is not where it was put.
std::string place(const tls::Entry& entry) {
  const auto name = std::filesystem::path(entry.file).filename();
  return name == "cert.pem" || name == "ca.pem" ? ""
                                                : "  (not in its folder; see " + entry.file + ")";
}

/// A context's name for docker, which takes fewer characters than a certificate's.
std::string context_of(std::string client) {
  std::ranges::replace_if(
      client, [](unsigned char c) { return std::isalnum(c) == 0 && c != '-' && c != '.'; }, '-');
  return "tidegate-" + client;
}

/// \param where folder with ca.pem, cert.pem and key.pem, as the client sees it
void print_use(const std::string& where, const std::string& client,
               const std::vector<tls::Entry>& entries) {
  fmt::print(
      "\nexport DOCKER_HOST=tcp://{1}:2376 DOCKER_TLS_VERIFY=1 DOCKER_CERT_PATH=\"{0}\"\n\n"
      "or, to choose it by name with `docker --context {3}`:\n\n"
      "docker context create {3} --docker \"host=tcp://{1}:2376,ca={0}/ca.pem,cert={0}/cert.pem,"
      "key={0}/key.pem\"\n\n"
      "Add to tidegate.yaml, under the listener's clients:\n\n"
      "      - {{ certificate: {{ common_name: \"{2}\" }}, profile: PROFILE }}\n",
      where, host_of(entries), client, context_of(client));
}

}  // namespace

void print(const std::vector<tls::Entry>& entries) {
  for (const auto& entry : entries) {
    const auto& certificate = entry.certificate;
    fmt::print("{:<9} {:<24} {:<26} serial {}", word(entry.kind), certificate.common_name,
               state(entry), certificate.serial);
    fmt::print("{}{}{}\n", entry.names.empty() ? "" : "  ", fmt::join(entry.names, ", "),
               place(entry));
  }
}

void print_left_out(const std::string& folder, const std::vector<tls::Entry>& entries) {
  for (const auto& entry : entries) {
    fmt::print(
        "'{}' expired on {} and is not renewed: make a new certificate with `tidegate certs "
        "client --dir {} {}`, or remove {}\n",
        entry.certificate.common_name, date(entry.certificate.not_after), folder,
        entry.certificate.common_name, std::filesystem::path(entry.file).parent_path().string());
  }
}

void print_list(const std::string& folder, tls::TimePoint ends) {
  const bool over = ends < Clock::now();
  fmt::print("{:<9} {:<24} {}{}\n", "list", folder + "/server/crl.pem",
             over ? "EXPIRED " : "until ", date(ends));
  fmt::print(
      "\nAfter that no client is served: run `tidegate certs renew --dir {}` daily, from a "
      "timer.\n",
      folder);
}

void print_listener(const std::string& folder) {
  fmt::print(
      "\nAdd to tidegate.yaml, with one of your profiles:\n\n"
      "listeners:\n"
      "  - address: tcp://0.0.0.0:2376\n"
      "    tls:\n"
      "      cert: {0}/server/cert.pem\n"
      "      key: {0}/server/key.pem\n"
      "      client_ca: {0}/server/ca.pem\n"
      "      crl: [{0}/server/crl.pem]\n"
      "    clients:\n"
      "      - {{ certificate: {{ common_name: \"NAME\" }}, profile: PROFILE }}\n\n"
      "Then make a certificate for each client: tidegate certs client --dir {1} NAME\n"
      "tidegate itself needs only {0}/server. Guard {0}/ca/ca-key.pem: anyone who has it can\n"
      "make client certificates.\n",
      absolute(folder), folder);
}

void print_export(const std::string& path) {
  fmt::print(
      "\n{0} has the client's key, so it and its password must stay secret. Export it\n"
      "again after a renewal. Java, with the password in $PASSWORD:\n\n"
      "export JAVA_TOOL_OPTIONS=\"-Djavax.net.ssl.keyStore={0} "
      "-Djavax.net.ssl.keyStorePassword=$PASSWORD -Djavax.net.ssl.trustStore={0} "
      "-Djavax.net.ssl.trustStorePassword=$PASSWORD\"\n\n"
      "Windows, in PowerShell:\n\n"
      "Import-PfxCertificate -FilePath {0} -CertStoreLocation Cert:\\CurrentUser\\My "
      "-Password (Read-Host -AsSecureString)\n",
      path);
}

void print_rollover(const std::string& folder) {
  fmt::print(
      "\nBoth authorities are trusted now, and clients get certificates of the new one:\n\n"
      "1. If tidegate runs elsewhere, copy {0}/server there. Rules with `issuer`\n"
      "   need one for the new authority too.\n"
      "2. tidegate certs renew --dir {1} --within 36500d\n"
      "   gives every client a new certificate; take each its {0}/clients/NAME,\n"
      "   with ca.pem. Its old certificate is still accepted.\n"
      "3. tidegate certs rollover --dir {1} --finish\n"
      "   gives the server a certificate of the new authority, and forgets the old one.\n",
      absolute(folder), folder);
}

void print_finished(const std::string& folder, bool done) {
  if (!done) return fmt::print("no rollover is under way\n");
  fmt::print(
      "The old authority is forgotten. If tidegate runs elsewhere, copy {}/server there.\n\n",
      absolute(folder));
}

acl::Error still_needed(const std::vector<tls::Entry>& left) {
  constexpr std::size_t most_names = 10;
  std::set<std::string> names;
  auto last = tls::TimePoint::min();
  for (const auto& entry : left) {
    names.insert(entry.certificate.common_name);
    last = std::max(last, entry.certificate.not_after);
  }
  const bool more = names.size() > most_names;
  if (more) names.erase(std::next(names.begin(), most_names), names.end());
  return {fmt::format(
      "certificates of the old authority are valid until {} and would no longer be accepted: "
      "clients {}{}. Renew those, take the new files to the clients, and use --force, or wait",
      date(last), fmt::join(names, ", "), more ? " and others" : "")};
}

void print_revoked(const std::string& folder) {
  fmt::print(
      "\nThis takes effect from the next request on, at each TLS listener that has the list:\n\n"
      "      crl: [{0}/server/crl.pem]\n\n"
      "A listener without it goes on serving the client. tidegate notices the new list by itself;\n"
      "if it runs elsewhere, copy {0}/server/crl.pem there.\n"
      "Open streams finish, unless the listener has `on_revocation: close`.\n",
      absolute(folder));
}

void print_client(const std::string& folder, const std::string& client,
                  const std::vector<tls::Entry>& entries) {
  const auto where = absolute(folder) + "/clients/" + client;
  fmt::print("\nOn the client, with a copy of {} (key.pem must stay secret):\n", where);
  print_use(where, client, entries);
}

void print_signed(const std::string& folder, const std::string& client, const std::string& request,
                  const std::vector<tls::Entry>& entries) {
  fmt::print(
      "\nOnly the key was taken from {}: other names than {} come from --san.\n"
      "`tidegate certs renew` signs the same key again.\n"
      "\nOn the client, put ca.pem and cert.pem of {}/clients/{} into a folder,\n"
      "with the client's key as key.pem; it is called FOLDER here:\n",
      request, client, absolute(folder), client);
  print_use("FOLDER", client, entries);
}

}  // namespace proxy::verbs::certs
