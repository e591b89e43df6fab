// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <sysexits.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <functional>
#include <memory>

#include "config/units.hpp"
#include "proxy/verbs/certs.hpp"
#include "proxy/verbs/verb.hpp"
#include "tls/name.hpp"

namespace proxy::verbs {
namespace {

constexpr int not_done = 1;
constexpr int most_days = 36500;

struct CertsOptions {
  std::string folder = "certs";
  std::vector<std::string> hosts, names;
  std::string client, request, keystore, password_file;
  int authority_days = 3650, server_days = 365, client_days = 90;
  std::string within = "30d", every;
  bool finish = false, force = false;
};

int fail(const acl::Error& problem) {
  std::fprintf(stderr, "tidegate certs: %s\n", problem.message.c_str());
  return not_done;
}

/// Reports what could not be done, after all that was.
int end_with(const std::vector<tls::Error>& problems, int status = EX_OK) {
  for (const auto& problem : problems) status = fail(problem);
  return status;
}

/// Prints when the revocation list expires, at the end of a verb's output.
int show_list(const tls::Authority& authority, const CertsOptions& options) {
  const auto ends = authority.list_ends();
  if (!ends) return fail(ends.error());
  certs::print_list(options.folder, *ends);
  return EX_OK;
}

int show_all(const tls::Authority& authority, const CertsOptions& options) {
  const auto all = authority.list();
  if (!all) return fail(all.error());
  certs::print(all->entries);
  const auto ends = authority.list_ends();
  if (ends) certs::print_list(options.folder, *ends);
  return end_with(all->problems, ends ? EX_OK : not_done);
}

int init(const CertsOptions& options) {
  const auto authority = tls::Authority::make(options.folder, tls::Days(options.authority_days));
  if (!authority) return fail(authority.error());
  const auto server = authority->issue_server(options.hosts, tls::Days(options.server_days));
  if (!server) return fail(server.error());
  const int status = show_all(*authority, options);
  certs::print_listener(options.folder);
  return status;
}

int issue_server(const tls::Authority& authority, const CertsOptions& options) {
  const auto server = authority.issue_server(options.hosts, tls::Days(options.server_days));
  if (!server) return fail(server.error());
  certs::print({*server});
  certs::print_listener(options.folder);
  return EX_OK;
}

int issue_client(const tls::Authority& authority, const CertsOptions& options) {
  const auto client = authority.issue_client(options.client, options.names,
                                             tls::Days(options.client_days), options.request);
  if (!client) return fail(client.error());
  const auto all = authority.list();
  if (!all) return fail(all.error());
  certs::print({*client});
  if (options.request.empty()) {
    certs::print_client(options.folder, options.client, all->entries);
  } else {
    certs::print_signed(options.folder, options.client, options.request, all->entries);
  }
  return EX_OK;
}

int export_client(const tls::Authority& authority, const CertsOptions& options) {
  const auto password = certs::read_password(options.password_file);
  if (!password) return fail(password.error());
  const auto client = authority.export_client(options.client, *password, options.keystore);
  if (!client) return fail(client.error());
  certs::print({*client});
  certs::print_export(options.keystore);
  return EX_OK;
}

int revoke(const tls::Authority& authority, const CertsOptions& options) {
  const auto revoked = authority.revoke_client(options.client);
  if (!revoked) return fail(revoked.error());
  certs::print(revoked->entries);
  certs::print_revoked(options.folder);
  const int status = show_list(authority, options);
  return end_with(revoked->problems, status);
}

/// Refuses to forget an authority whose clients would no longer be served.
int finish_rollover(const tls::Authority& authority, const CertsOptions& options) {
  const auto left = authority.left_by_rollover();
  if (!left) return fail(left.error());
  if (!options.force) {
    if (!left->entries.empty()) return fail(certs::still_needed(left->entries));
    if (!left->problems.empty()) return end_with(left->problems);
  }
  const auto done = authority.finish_rollover();
  if (!done) return fail(done.error());
  certs::print_finished(options.folder, *done);
  return EX_OK;
}

int begin_rollover(const tls::Authority& authority, const CertsOptions& options) {
  const auto trouble = authority.begin_rollover(tls::Days(options.authority_days));
  return trouble ? fail(*trouble) : EX_OK;
}

int renew(const tls::Authority& authority, const CertsOptions& options) {
  // The list comes first: without it nobody is served, whatever is wrong with a certificate.
  const auto list = authority.renew_list();
  const auto within = config::parse_duration(options.within);  // checked below
  auto renewed = authority.renew(std::chrono::floor<std::chrono::seconds>(*within));
  if (!renewed) return fail(renewed.error());
  if (renewed->entries.empty()) fmt::print("no certificate expires within {}\n", options.within);
  certs::print(renewed->entries);
  certs::print_left_out(options.folder, renewed->left_out);
  if (list)
    certs::print_list(options.folder, *list);
  else
    renewed->problems.push_back(list.error());
  return end_with(renewed->problems);
}

/// Validates an option's value for CLI11. \returns the mistake; empty if there is none.
std::string check_within(const std::string& text) {
  const auto time = config::parse_duration(text);
  if (!time) return time.error();
  return *time <= tls::Days(most_days) ? ""
                                       : text + " is more than " + fmt::format("{}d", most_days);
}

using Shared = std::shared_ptr<CertsOptions>;
using Work = std::function<int(const CertsOptions&)>;

/// Runs `work` with the authority in the folder.
template <class OnAuthority>
Work there(OnAuthority work) {
  return [work](const CertsOptions& options) {
    const auto authority = tls::Authority::open(options.folder);
    return authority ? work(*authority, options) : fail(authority.error());
  };
}

/// Renews at once and then regularly until SIGTERM or SIGINT, for containers, which have no timer.
/// What cannot be done is printed and tried again the next time.
int keep_renewing(const CertsOptions& options) {
  const auto renew_once = there(renew);
  if (options.every.empty()) return renew_once(options);
  const auto pause = *config::parse_duration(options.every);  // checked below
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  const timespec time{.tv_sec = std::chrono::floor<std::chrono::seconds>(pause).count(),
                      .tv_nsec = pause % std::chrono::seconds(1) / std::chrono::nanoseconds(1)};
  for (;;) {
    renew_once(options);
    std::fflush(stdout);
    if (sigtimedwait(&ends, nullptr, &time) > 0) return EX_OK;
  }
}

std::string check_every(const std::string& text) {
  auto mistake = check_within(text);
  if (!mistake.empty()) return mistake;
  const bool is_short = *config::parse_duration(text) < std::chrono::seconds(1);
  return is_short ? text + " is less than 1s" : "";
}

/// Opens the folder again after each step, since the authority is then another.
int roll_over(const CertsOptions& options) {
  const auto step = options.finish ? there(finish_rollover) : there(begin_rollover);
  if (const int status = step(options); status != EX_OK) return status;
  if (const int status = there(show_all)(options); status != EX_OK) return status;
  if (!options.finish) certs::print_rollover(options.folder);
  return EX_OK;
}

/// Adds a verb below `certs`.
CLI::App& add(CLI::App& certs, const char* name, const char* help, const Shared& options, Run& run,
              Work work) {
  auto& verb = *certs.add_subcommand(name, help);
  verb.add_option("--dir", options->folder, "Folder of the authority and of what it has issued.")
      ->capture_default_str();
  verb.callback([options, work, &run] { run = [options, work] { return work(*options); }; });
  return verb;
}

void add_hosts(CLI::App& verb, const Shared& options) {
  verb.add_option("--host", options->hosts,
                  "Name or address that clients connect to; may be repeated.")
      ->required()
      ->check(tls::flaw_of_host);
}

void add_days(CLI::App& verb, const char* name, int& days, const char* help) {
  verb.add_option(name, days, help)->capture_default_str()->check(CLI::Range(1, most_days));
}

void add_client(CLI::App& verb, const Shared& options) {
  verb.add_option("name", options->client, "The client: the certificate's common name.")
      ->required()
      ->check(tls::flaw_of_client_name);
}

void add_export(CLI::App& verb, const Shared& options) {
  add_client(verb, options);
  verb.add_option("--p12", options->keystore, "New file to write (PKCS#12).")->required();
  verb.add_option("--password-file", options->password_file,
                  "File with the password that protects it; - is standard input.")
      ->required();
}

constexpr const char* certs_footer =
    "  tidegate certs init --host docker.example.com --host 192.0.2.1\n"
    "  tidegate certs client ops-alice\n"
    "  tidegate certs revoke ops-alice\n"
    "Run `tidegate certs renew` daily: it renews what expires within 30 days, and the revocation\n"
    "list. In a container, `renew --every 1d` keeps running. Without a valid list no client is "
    "served after 30 days. `tidegate certs rollover`\n"
    "replaces the authority in two steps, while clients of both are served. A verb that was\n"
    "interrupted is finished by running it again. The exit status is 0 if all is done, 1 if\n"
    "something cannot be done or is wrong, and 64 for a bad command line.";

}  // namespace

void add_certs(CLI::App& app, Run& run) {
  auto& certs = *app.add_subcommand("certs", "Make and keep certificates for TLS listeners.");
  certs.footer(certs_footer);
  certs.require_subcommand(1);
  const auto options = std::make_shared<CertsOptions>();
  auto& first =
      add(certs, "init", "Make an authority and a server's certificate.", options, run, init);
  add_hosts(first, options);
  add_days(first, "--ca-days", options->authority_days, "Lifetime of the authority.");
  add_days(first, "--days", options->server_days, "Lifetime of the server's certificate.");
  auto& server =
      add(certs, "server", "Issue a new server's certificate.", options, run, there(issue_server));
  add_hosts(server, options);
  add_days(server, "--days", options->server_days, "Life of the certificate.");
  auto& client =
      add(certs, "client", "Issue a client's certificate.", options, run, there(issue_client));
  add_client(client, options);
  add_days(client, "--days", options->client_days, "Life of the certificate.");
  client
      .add_option("--san", options->names,
                  "Another name, such as spiffe://corp/ci/7; may be repeated.")
      ->check(tls::flaw_of_alternative_name);
  client.add_option("--csr", options->request,
                    "Sign the key of this request (PEM), so that the client keeps its key to "
                    "itself. Nothing else is taken from it.");
  add_export(add(certs, "export", "Write a client's key and certificates for Java and Windows.",
                 options, run, there(export_client)),
             options);
  add_client(add(certs, "revoke", "Revoke a client's certificate.", options, run, there(revoke)),
             options);
  auto& again = add(certs, "renew", "Renew what expires soon, and the revocation list.", options,
                    run, keep_renewing);
  again
      .add_option("--every", options->every,
                  "Keep running, and renew again after each such time, as 1d.")
      ->check(check_every);
  again.add_option("--within", options->within, "Renew what expires within this time.")
      ->capture_default_str()
      ->check(check_within);
  auto& other = add(certs, "rollover", "Replace the authority while its clients are served.",
                    options, run, roll_over);
  add_days(other, "--ca-days", options->authority_days, "Lifetime of the new authority.");
  auto* finish = other.add_flag("--finish", options->finish, "Forget the old authority.");
  other
      .add_flag("--force", options->force,
                "Forget it even if clients still have valid certificates of it.")
      ->needs(finish);
  add(certs, "list", "List certificates, when they expire, and which are revoked.", options, run,
      there(show_all));
}

}  // namespace proxy::verbs
