// What a fetcher cannot be faster than: libcurl that throws bodies away, and files that are written
// without a network. `limits discard CONCURRENCY LIST [CACERT]` or `limits write DIR NAMES`.

#include <curl/curl.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

struct Multi {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct Easy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};

/// Bodies that have come, and their bytes.
struct Tally {
  std::uint64_t bodies = 0;
  std::uint64_t bytes = 0;
};

std::size_t count_bytes(char*, std::size_t, std::size_t size, void* bytes) {
  *static_cast<std::uint64_t*>(bytes) += size;
  return size;
}

/// Fetches a list with a fixed number of handles, each of which takes the next line when it is
/// done.
class Discard {
 public:
  Discard(const char* list, const char* authority) : lines_(list), authority_(authority) {
    if (!lines_) throw std::runtime_error(std::string("cannot read ") + list);
  }

  Tally run(std::size_t concurrency) {
    while (easies_.size() < concurrency && start(new_easy())) continue;
    while (running_ > 0) {
      int unused = 0;
      curl_multi_perform(multi_.get(), &unused);
      take_what_ended();
      if (running_ > 0) curl_multi_poll(multi_.get(), nullptr, 0, 1000, nullptr);
    }
    return tally_;
  }

 private:
  CURL* new_easy() {
    easies_.emplace_back(curl_easy_init());
    CURL* easy = easies_.back().get();
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, count_bytes);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &tally_.bytes);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);  // else it is read for each connection
    if (authority_) curl_easy_setopt(easy, CURLOPT_CAINFO, authority_);
    return easy;
  }

  /// False at the end of the list.
  bool start(CURL* easy) {
    std::string url;
    if (!std::getline(lines_, url)) return false;
    curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
    add(easy);
    return true;
  }

  void add(CURL* easy) {
    curl_multi_add_handle(multi_.get(), easy);
    ++running_;
  }

  void take_what_ended() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
      CURL* easy = message->easy_handle;
      const CURLcode result = message->data.result;
      curl_multi_remove_handle(multi_.get(), easy);
      --running_;
      if (result == CURLE_OK) {
        ++tally_.bodies;
      } else if (second_tries_left_ > 0) {  // nginx closes a connection after 1000 requests
        --second_tries_left_;
        add(easy);
        continue;
      }
      start(easy);
    }
  }

  std::ifstream lines_;
  const char* authority_;
  std::unique_ptr<CURLM, Multi> multi_{curl_multi_init()};
  std::vector<std::unique_ptr<CURL, Easy>> easies_;  // they end before the multi handle does
  std::size_t running_ = 0;
  std::size_t second_tries_left_ = 1000;
  Tally tally_;
};

void check(bool is_well, const std::string& path) {
  if (!is_well) throw std::runtime_error("cannot write " + path);
}

/// Writes a file beside its name, in pieces as they come from a network, and gives it its name.
void write_file(const std::string& directory, const std::string& name, std::size_t size) {
  static const std::string content(256 * std::size_t{1024}, 'x');
  const std::string path = directory + "/" + name;
  const std::string part = directory + "/." + name + ".part";
  const int file = open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  check(file >= 0, part);
  while (size > 0) {
    const ssize_t written = write(file, content.data(), std::min(size, content.size()));
    check(written > 0, part);
    size -= static_cast<std::size_t>(written);
  }
  check(close(file) == 0, part);
  check(std::rename(part.c_str(), path.c_str()) == 0, path);
}

void write_files(const char* directory, const char* names) {
  std::ifstream lines(names);
  std::size_t size = 0;
  std::string name;
  while (lines >> size >> name) write_file(directory, name, size);
}

}  // namespace

int main(int count, char** arguments) try {
  const std::vector<const char*> words(arguments + 1, arguments + count);
  if (words.size() >= 3 && std::string_view(words[0]) == "discard") {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    Discard discard(words[2], words.size() > 3 ? words[3] : nullptr);
    const Tally tally = discard.run(std::strtoul(words[1], nullptr, 10));
    std::printf("%ju %ju\n", std::uintmax_t{tally.bodies}, std::uintmax_t{tally.bytes});
    return EXIT_SUCCESS;
  }
  if (words.size() == 3 && std::string_view(words[0]) == "write") {
    write_files(words[1], words[2]);
    return EXIT_SUCCESS;
  }
  std::fputs("limits discard CONCURRENCY LIST [CACERT] | limits write DIR NAMES\n", stderr);
  return 2;
} catch (const std::exception& failure) {
  std::fprintf(stderr, "limits: %s\n", failure.what());
  return EXIT_FAILURE;
}
