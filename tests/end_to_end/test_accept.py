"""--accept: what is kept by its media type, as the head and the first bytes tell it."""

import signal
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from exchange import body_of
from faults.answers import BEGINNINGS
from fetcher import EndToEnd

ONLY_IMAGES = ["--accept", "image/*"]


def like(path):
    """The body of a path of `/like/`."""
    return BEGINNINGS[path.split("/")[2]] + body_of(path)


class Accept(EndToEnd):
    def test_what_is_kept_is_of_the_type_by_the_head_and_by_the_first_bytes(self):
        kept = ["/like/png/image/png/1.png", "/like/png/application/octet-stream/2.png"]
        kept += ["/like/png/3.png", "/like/nothing/image/png/4.png"]
        others = ["/like/html/text/html/5.png", "/like/html/image/png/6.png", "/like/html/7.png"]
        others += ["/like/nothing/8.png", "/like/png/text/html/9.png"]
        run = self.fetch(kept + others, *ONLY_IMAGES)
        expected = {n: "saved" for n in range(1, 5)} | {n: "not_wanted" for n in range(5, 10)}
        self.assertEqual((run.exit, run.outcomes), (1, expected))
        self.assert_stored({f"{n + 1}.png": like(path) for n, path in enumerate(kept)})
        self.assertIn("image/png", run.record(6)["error"])
        self.assertIn("text/html", run.record(6)["error"])
        self.assertEqual(len(self.origin.requests), len(kept + others))

    def test_a_large_body_is_looked_at_before_it_is_read(self):
        pages = ["/like/html/text/html/a?endless", "/like/html/image/png/b?endless"]
        run = self.fetch([*pages, "/like/html/c?endless"], *ONLY_IMAGES)
        self.assertEqual(run.outcomes, {n: "not_wanted" for n in (1, 2, 3)})
        self.assert_stored({})

    def test_the_server_is_told_what_is_wanted_also_after_a_redirect(self):
        self.fetch(["/redirect/302/a?/ok/b"], "--accept", "image/png,text/*")
        for path in "/redirect/302/a?/ok/b", "/ok/b":
            self.assertEqual(self.origin.asked(path).headers["accept"], "image/png, text/*")

    def test_an_accept_header_of_the_user_stands(self):
        self.fetch(["/like/png/image/png/a"], *ONLY_IMAGES, "-H", "Accept: image/avif")
        self.assertEqual(self.origin.requests[0].headers["accept"], "image/avif")

    def test_without_the_option_everything_is_kept_and_asked_for(self):
        run = self.fetch(["/like/html/image/png/6.png"])
        self.assertEqual(run.outcomes, {1: "saved"})
        self.assertEqual(self.origin.requests[0].headers["accept"], "*/*")

    def test_encoded_bytes_say_nothing_of_what_is_in_them(self):
        run = self.fetch(["/like/html/image/png/a?gzip", "/like/png/b?gzip"], *ONLY_IMAGES)
        self.assertEqual(run.outcomes, {1: "saved", 2: "not_wanted"})

    def test_the_beginning_that_an_earlier_run_has_kept_is_looked_at_too(self):
        path = "/broken/600000/rest/a.png?stall,html"
        process = self.start(self.list_of([path]))
        part = self.out / ".a.png.part"
        self.wait_until(lambda: part.exists() and part.stat().st_size > 0, "a part")
        process.send_signal(signal.SIGINT)
        self.assertIn("part", self.finish(process).record(1))
        run = self.fetch([path], *ONLY_IMAGES)
        self.assertEqual(self.origin.requests[-1].headers["range"][:6], "bytes=")
        self.assertEqual(run.records[-1]["kind"], "not_wanted")
        self.assert_stored({})


if __name__ == "__main__":
    unittest.main()
