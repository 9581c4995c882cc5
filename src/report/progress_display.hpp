#pragma once

#include <stop_token>

#include "coro/task.hpp"
#include "fetch/list_length.hpp"
#include "fetch/run.hpp"
#include "fetch/url_list.hpp"
#include "report/console.hpp"
#include "report/progress.hpp"
#include "report/tally.hpp"

namespace report {

/// Shows how far a run is, while it goes on. What it is given outlives it.
class ProgressDisplay {
 public:
  ProgressDisplay(Console& console, const fetch::Run& run, const fetch::UrlList& list,
                  const fetch::ListLength& length, const Tally& tally);

  base::Duration elapsed() const { return run_.clock.now() - began_at_; }

  /// On a terminal a block that is drawn anew ten times a second, and cleared in the end; elsewhere
  /// a line now and then.
  coro::Task<> keep_showing(std::stop_token stop);

  /// Says at once how far the run is, in a line, and in further ones what runs longest.
  void say();

 private:
  coro::Task<> keep_drawing(std::stop_token stop);
  coro::Task<> keep_saying(std::stop_token stop);
  Progress look();

  Console& console_;
  const fetch::Run& run_;
  const fetch::UrlList& list_;
  const fetch::ListLength& length_;
  const Tally& tally_;
  base::Time began_at_;
  RecentRate bytes_;
  RecentRate lines_;
};

}  // namespace report
