#include "cli/topics.hpp"

#include <fmt/format.h>

#include <vector>

#include "cli/wrap.hpp"

namespace cli {

const std::string_view examples =
    R"(  fetcher -c 10 urls.txt                     ten at a time, into this directory
  grep -o 'https[^"]*' page.html | fetcher -o pictures -
                                             from a pipe, each URL as it comes
  fetcher -o out --json urls.txt | jq .url   a record for each line
)";

// In the order of base::Kind.
const std::array<KindText, base::kind_count> kind_texts = {{
    {base::Kind::bad_url, "The line is no URL, or no JSON object with a `url`.",
     "Mend the line; `error` says what is wrong with it."},
    {base::Kind::scheme, "The URL is neither http nor https.",
     "Fetch it with another tool, or take it off the list."},
    {base::Kind::resolve, "The name of the host has no address.",
     "Look for a typing error in the name; check the name server and `--proxy`."},
    {base::Kind::connect, "The host does not answer, or refuses the connection.",
     "Try again later with `--retry-failed`; check the port, a firewall, `--proxy`."},
    {base::Kind::tls, "No secure connection: most often a certificate that cannot be verified.",
     "Check the clock of this machine; name the server's authority with `--cacert`."},
    {base::Kind::timeout, "It took longer than a limit allows, or no byte came for too long.",
     "Try again later; raise `--connect-timeout`, `--stall-timeout` or `--max-time`."},
    {base::Kind::protocol, "The answer is no valid HTTP.",
     "Try `--http 1.1`; check that the port speaks HTTP, and tell who runs the server."},
    {base::Kind::truncated, "The connection ended before the body did.",
     "Try again; raise `--retry`. What had come of a large body is continued."},
    {base::Kind::too_large, "The body or the head is larger than is allowed.",
     "Raise `--max-size` if you want it."},
    {base::Kind::redirect, "Too many redirects, or one that leads nowhere.",
     "Raise `--max-redirs`, or put the final URL into the list."},
    {base::Kind::http_status, "The server answered, but with an HTTP status of failure.",
     "404, 410: take it off the list. 401, 403: `--user`, `--header`. 429, 503: lower `--rate`."},
    {base::Kind::not_wanted, "The body is not of the kind that was asked for.",
     "Look at `error` in the record; name more types with `--accept`."},
    {base::Kind::checksum, "The body's SHA-256 is not the one that the list gives.",
     "Compare with whoever made the list; the file has changed, or one of them is wrong."},
    {base::Kind::name_conflict, "The file's name is taken by what may not be replaced.",
     "See what lies there; move it away, or choose names with `--name` or `out`."},
    {base::Kind::disk,
     "This machine could not write: disk full, no permission, too many files open.",
     "Make room, or choose another `--output-dir`; run the same command again."},
    {base::Kind::cancelled, "The run was stopped before this line was complete.",
     "Run the same command again: it goes on where it stopped."},
    {base::Kind::denied, "The address is private, and `--deny-private` was given.",
     "Leave `--deny-private` off if you trust the list."},
}};

namespace {

constexpr std::string_view lists =
    R"(One URL per line. Blank lines and lines that begin with # are passed over; a
byte order mark, CRLF and blanks at both ends are forgiven. A list is read only
as fast as its lines are wanted, so it may be a pipe that never ends.

A line that begins with { is a JSON object with these keys; every other key is
carried into the record under "input":

  url       what to fetch
  out       the name of its file, or its path below the output directory
  headers   an object of header lines, for the origin of this URL only
  sha256    what the body must be, or it is a failure

A line that is no URL, is longer than 64 KiB, or is of another scheme than http
and https is a failed record with its number, and never stops the run. Lines are
counted as they stand in the file, blank ones too.

SOURCE is a list file, a URL, or - for standard input, which is also read when
there is no SOURCE. A list file whose name is that of a command is ./packets.
With --follow the last list is read on as it grows; a line counts when its end
is there.
)";

constexpr std::string_view file_names =
    R"(A file is named by the last segment of the path in the URL of the list, never
by a redirect: decoded, without control characters and leading dots, at most 255
bytes; "index" when it is empty. A name without an extension gets that of the
media type: /320/240 that answers image/jpeg becomes 240.jpg. The second line
with the same name becomes name-2.ext, in the order of the list.

What is there and not in the log is kept, and the new file gets the next free
name, unless both have the same bytes. --overwrite replaces it, --skip-existing
does not fetch.

--name takes a template of these:

  {name}   the name as above      {host}   the host of the URL
  {stem}   without its extension  {n}      the number of the line
  {ext}    without its dot        {sha1}   SHA-1 of the URL, in hexadecimal

Until it is whole, a file is .NAME.part in the same directory.
)";

constexpr std::string_view log =
    R"(Each line that was taken ends in one record, a JSON object on a line of its own,
in fetcher.jsonl in the output directory (or where --log says), and with --json
on standard output:

  n, list         the line's number, and its list when there are several
  url             without user and password
  repeat          how often this URL came before
  status          saved, failed or skipped
  file, bytes     what was saved, below the output directory
  http, type      the status and the media type of the last answer
  etag, last_modified
  final_url       when there were redirects
  content_encoding
                  how the server compressed what is saved, though not asked to
  length_unverified
                  nothing but the end of a connection without TLS ended the body
  sha256          of the body, with --sha256 or when the list gives one
  kind, error     why it failed; "fetcher help kinds" says what to try
  out, wanted_sha256
                  of a line that failed: what the list asked for
  part            what of a body is kept for the next run
  attempts, at, seconds
  input           the other keys of the list's line

The next run reads the log first: a line that is saved, and whose file still has
that size, is skipped, so that the same command again fetches what is missing.
--refetch fetches it all the same, --update asks the server whether it changed,
--retry-failed LOG takes the list from the failures. A last line that was torn
off is cut; a log with anything else that is no record is refused.

  jq -r 'select(.status == "failed") | [.kind, .url] | @tsv' fetcher.jsonl
  fetcher stats --field seconds.total fetcher.jsonl
)";

constexpr std::string_view exit_status =
    R"(The exit status says how the whole run ended:

  0   every line is saved, or was there already
  1   some line failed: the log says which, and why
  2   the command line is wrong, or a list or the log cannot be read
  3   this machine failed: output directory, disk full, log, standard output

Killed by SIGINT, SIGTERM or SIGHUP, it ends the running transfers, writes the
log and dies of that signal (a shell shows 130, 143 or 129), within a second; a
second signal ends it at once. SIGUSR1 makes it say how far it is.
)";

std::string kinds() {
  std::string text = "A line that failed has one of these kinds in its record:\n";
  for (const KindText& each : kind_texts)
    text += fmt::format("\n  {:<14}{}\n", base::name(each.kind),
                        wrapped(fmt::format("{} {}", each.meaning, each.advice), 16, 79));
  std::erase(text, '`');
  return text;
}

}  // namespace

std::span<const Topic> topics() {
  static const std::vector<Topic> all = {
      {"lists", "what a list may hold", std::string(lists)},
      {"names", "how files are named", std::string(file_names)},
      {"log", "the records, and what a second run makes of them", std::string(log)},
      {"exit", "exit status and signals", std::string(exit_status)},
      {"kinds", "why a line failed, and what to try", kinds()},
  };
  return all;
}

}  // namespace cli
