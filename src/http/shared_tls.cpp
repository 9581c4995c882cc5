#include "http/shared_tls.hpp"

#include <curl/curl.h>
#include <dlfcn.h>

// As in stream_end.cpp, libcurl calls the function below in place of OpenSSL's.

namespace http {
namespace {

using MakeContext = SSL_CTX* (*)(const SSL_METHOD*);

SSL_CTX* make_context(const SSL_METHOD* method) {
  static const auto make = reinterpret_cast<MakeContext>(dlsym(RTLD_NEXT, "SSL_CTX_new"));
  return make(method);
}

/// What others set in a context is not known here, and it is what certificates are verified with.
bool is_libcurl_known() {
  constexpr unsigned any_patch = 0xffU;
  constexpr unsigned known = 0x075800;
  return (curl_version_info(CURLVERSION_NOW)->version_num & ~any_patch) == known;
}

thread_local SharedTls* lends = nullptr;

}  // namespace

SharedTls::Loan::Loan(SharedTls* lender) {
  lends = lender;
}

SharedTls::Loan::~Loan() {
  lends = nullptr;
}

SharedTls::SharedTls(bool may_share) : may_share_(may_share && is_libcurl_known()) {}

SSL_CTX* SharedTls::get(const SSL_METHOD* method) {
  if (!context_) context_.reset(make_context(method));
  if (context_) SSL_CTX_up_ref(context_.get());
  return context_.get();
}

}  // namespace http

extern "C" SSL_CTX* SSL_CTX_new(const SSL_METHOD* method) {
  return http::lends ? http::lends->get(method) : http::make_context(method);
}
