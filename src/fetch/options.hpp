#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "fetch/host_limits.hpp"
#include "fetch/media_type.hpp"
#include "fetch/retry.hpp"

namespace fetch {

/// What to do with a file that is already there and not ours.
enum class OnCollision {
  number,     ///< keep it and take the next free name, unless it has the same bytes
  overwrite,  ///< replace it once the new one is whole
  skip,       ///< do not fetch
};

/// What to do with a line that the log calls saved, and whose file is there.
enum class OnSaved {
  skip,     ///< it is done
  refetch,  ///< fetch it all the same
  update,   ///< fetch it when the server has another version
};

/// What a file that is reported saved survives.
enum class Durability {
  rename,  ///< the death of the process
  batch,   ///< power loss too: many files wait for one sync
  file,    ///< power loss too: each file by itself
};

/// What a run does, apart from how requests are made (http::Settings).
struct Options {
  HostLimits::Limits limits;
  RetryOptions retry;
  int max_redirects = 10;
  std::vector<std::string> headers;  ///< "Name: value", for the origin of the URL in the list
  MediaTypes accept;                 ///< what else comes is a failure
  std::string name_template = "{name}";
  OnCollision on_collision = OnCollision::number;
  OnSaved on_saved = OnSaved::skip;
  bool is_unique = false;     ///< a URL that came before is skipped
  bool notes_sha256 = false;  ///< of each file, in its record
  std::string user;           ///< "user:password" for the origin of the URL in the list, or ""
  Durability durability = Durability::rename;
};

}  // namespace fetch
