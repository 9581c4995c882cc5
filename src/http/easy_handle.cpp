#include "http/easy_handle.hpp"

#include <fmt/format.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <new>
#include <stdexcept>
#include <utility>

#include "http/transfer.hpp"

namespace http {
namespace {

int close_socket(void* connections, curl_socket_t socket) noexcept {
  return static_cast<Connections*>(connections)->close(socket);
}

CURLcode bound_reading(CURL*, void* context, void* read_limit) noexcept {
  static_cast<ReadLimit*>(read_limit)->bound(static_cast<SSL_CTX*>(context));
  return CURLE_OK;
}

/// What libcurl tells of the connection's TLS, or null when it is of another library than OpenSSL.
const curl_tlssessioninfo* openssl_of(CURL* handle) {
  const curl_tlssessioninfo* info = nullptr;
  curl_easy_getinfo(handle, CURLINFO_TLS_SSL_PTR, &info);
  return info && info->backend == CURLSSLBACKEND_OPENSSL ? info : nullptr;
}

/// The connection's TLS, or null when it has none or of another library than OpenSSL.
const SSL* tls_of(CURL* handle) {
  const curl_tlssessioninfo* const info = openssl_of(handle);
  return info ? static_cast<const SSL*>(info->internals) : nullptr;
}

bool speaks_http_2(const SSL* tls) {
  const unsigned char* protocol = nullptr;
  unsigned length = 0;
  SSL_get0_alpn_selected(tls, &protocol, &length);
  return length == 2 && protocol[0] == 'h' && protocol[1] == '2';
}

long curl_version_of(Version version) {
  return version == Version::up_to_2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1;
}

}  // namespace

template <class Value>
void EasyHandle::set(CURLoption option, Value value) {
  const CURLcode status = curl_easy_setopt(handle_.get(), option, value);
  if (status == CURLE_OUT_OF_MEMORY) throw std::bad_alloc();
  if (status != CURLE_OK)
    throw std::invalid_argument(fmt::format("libcurl does not take its option {}: {}",
                                            static_cast<int>(option), curl_easy_strerror(status)));
}

EasyHandle::EasyHandle(const Settings& settings, Connections& connections, ReadLimit& read_limit)
    : handle_(curl_easy_init()), connect_timeout_(settings.connect_timeout) {
  if (!handle_) throw std::bad_alloc();
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_ERRORBUFFER, error_.data());
  set(CURLOPT_QUICK_EXIT, 1L);  // removing a transfer does not wait for its name to be resolved

  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 0L);  // redirects are ours: headers stay with their origin
  set(CURLOPT_HTTP09_ALLOWED, 0L);
  set(CURLOPT_ACCEPT_ENCODING, "identity");  // what is checked and continued are bytes as they are
  set(CURLOPT_HTTP_CONTENT_DECODING, 0L);
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(CURLOPT_HTTP_VERSION, curl_version_of(settings.version));
  set(CURLOPT_USERAGENT, settings.user_agent.c_str());
  set(CURLOPT_BUFFERSIZE, static_cast<long>(settings.receive_buffer));

  // libcurl walks through all the addresses that it remembers at the end of each transfer.
  set(CURLOPT_DNS_CACHE_TIMEOUT, 5L);
  set(CURLOPT_RESOLVER_START_FUNCTION, &Transfer::on_look_up);
  set(CURLOPT_OPENSOCKETFUNCTION, &Transfer::on_open_socket);
  set(CURLOPT_CLOSESOCKETFUNCTION, close_socket);
  set(CURLOPT_CLOSESOCKETDATA, &connections);
  if (settings.proxy) set(CURLOPT_PROXY, settings.proxy->c_str());

  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  // Without a CAPATH libcurl parses the CA file once for all connections.
  set(CURLOPT_CAPATH, static_cast<char*>(nullptr));
  set(CURLOPT_PROXY_CAPATH, static_cast<char*>(nullptr));
  if (!settings.ca_file.empty()) set(CURLOPT_CAINFO, settings.ca_file.c_str());
  if (!settings.verify_peer) {
    set(CURLOPT_SSL_VERIFYPEER, 0L);
    set(CURLOPT_SSL_VERIFYHOST, 0L);
  }

  if (openssl_of(handle_.get())) {
    set(CURLOPT_SSL_CTX_FUNCTION, bound_reading);
    set(CURLOPT_SSL_CTX_DATA, &read_limit);
  }

  set(CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  set(CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  set(CURLOPT_PREREQFUNCTION, &Transfer::on_connected);
  set(CURLOPT_XFERINFOFUNCTION, &Transfer::on_progress);
  set(CURLOPT_NOPROGRESS, 0L);
}

void EasyHandle::prepare(Transfer& transfer, const std::string& url,
                         const std::vector<std::string>& headers) {
  error_.fill('\0');
  set(CURLOPT_URL, url.c_str());
  set(CURLOPT_PRIVATE, &transfer);
  set(CURLOPT_WRITEDATA, &transfer);
  set(CURLOPT_HEADERDATA, &transfer);
  set(CURLOPT_PREREQDATA, &transfer);
  set(CURLOPT_XFERINFODATA, &transfer);
  set(CURLOPT_OPENSOCKETDATA, &transfer);
  set(CURLOPT_RESOLVER_START_DATA, &transfer);
  set(CURLOPT_FRESH_CONNECT, 0L);
  set(CURLOPT_FORBID_REUSE, 0L);
  allow_connecting(connect_timeout_);

  headers_.reset();
  for (const std::string& line : headers) append(headers_, line);
  set(CURLOPT_HTTPHEADER, headers_.get());

  addresses_.reset();
  if (!remembered_.empty()) append(addresses_, "-" + std::exchange(remembered_, ""));
  set(CURLOPT_RESOLVE, addresses_.get());
}

void EasyHandle::append(List& list, const std::string& line) {
  curl_slist* const longer = curl_slist_append(list.get(), line.c_str());
  if (!longer) throw std::bad_alloc();
  (void)list.release();
  list.reset(longer);
}

void EasyHandle::know(const Endpoint& endpoint, const std::string& addresses) {
  addresses_.reset();
  append(addresses_, fmt::format("+{}:{}", endpoint.text(), addresses));
  set(CURLOPT_RESOLVE, addresses_.get());
  remembered_ = endpoint.text();
}

void EasyHandle::allow_connecting(std::chrono::milliseconds connect_timeout) {
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(connect_timeout.count()));
}

std::chrono::microseconds EasyHandle::connect_time() const {
  curl_off_t resolved = 0;
  curl_off_t connected = 0;
  curl_easy_getinfo(handle_.get(), CURLINFO_NAMELOOKUP_TIME_T, &resolved);
  curl_easy_getinfo(handle_.get(), CURLINFO_CONNECT_TIME_T, &connected);
  return std::chrono::microseconds(connected - resolved);
}

bool EasyHandle::wants_proxy(CURLcode code) const {
  // CURLINFO_USED_PROXY, which libcurl has from 8.7 on; that one has but a single code.
  constexpr auto used_proxy = static_cast<CURLINFO>(CURLINFO_LONG + 66);
  long is_used = 0;
  curl_easy_getinfo(handle_.get(), used_proxy, &is_used);
  return code == CURLE_COULDNT_RESOLVE_PROXY || is_used != 0;
}

void EasyHandle::demand_fresh_connection() {
  set(CURLOPT_FRESH_CONNECT, 1L);
}

void EasyHandle::forbid_reuse() {
  set(CURLOPT_FORBID_REUSE, 1L);
}

void EasyHandle::end_paused() {
  long version = 0;
  curl_easy_getinfo(handle_.get(), CURLINFO_HTTP_VERSION, &version);
  if (version == CURL_HTTP_VERSION_2_0) may_pause_ = false;
}

long EasyHandle::new_connections() const {
  long count = 0;
  curl_easy_getinfo(handle_.get(), CURLINFO_NUM_CONNECTS, &count);
  return count;
}

bool EasyHandle::has_stale_bytes(curl_socket_t socket) const {
  if (const SSL* const tls = tls_of(handle_.get()))
    return !speaks_http_2(tls) && SSL_pending(tls) > 0;
  char byte = 0;
  return socket != CURL_SOCKET_BAD && recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

bool EasyHandle::has_unnamed_certificate() const {
  const SSL* const tls = tls_of(handle_.get());
  const X509* const certificate = tls ? SSL_get0_peer_certificate(tls) : nullptr;
  return certificate && X509_get_ext_by_NID(certificate, NID_subject_alt_name, -1) < 0;
}

bool EasyHandle::has_open_tls() const {
  const SSL* const tls = tls_of(handle_.get());
  return tls && (SSL_get_shutdown(tls) & SSL_RECEIVED_SHUTDOWN) == 0;
}

}  // namespace http
