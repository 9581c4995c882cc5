"""Names of hosts and how they are looked up. Rows are of the fault catalogue."""

import re
import signal
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from fetcher import EndToEnd, environment
from name_server import NameServer, is_possible
from origin import Origin

# At most that many names are looked up at once, beside the threads that every fetcher has.
MOST_THREADS = 64 + 10


def threads(process):
    """How many threads a running process has."""
    return int(re.search(r"Threads:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text())[1])


@unittest.skipUnless(is_possible(), "only root can have a name server of its own")
class Hosts(EndToEnd):
    def setUp(self):
        super().setUp()
        self.names = self.enterContext(NameServer(self.home))

    def url(self, host, path="/ok/a.bin"):
        return f"http://{host}:{self.origin.port}{path}"

    def fetch_from(self, hosts, *options, **settings):
        urls = [self.url(host, f"/ok/{n}.bin") for n, host in enumerate(hosts, 1)]
        return self.fetch(urls, *options, under=self.names.under, **settings)

    def asked(self, host):
        return self.names.asked.count(host)

    def test_row_84_a_name_that_does_not_exist_is_not_tried_again(self):
        run = self.fetch_from(["nxdomain.test", "empty.test"])
        self.assertEqual((run.exit, run.outcomes), (1, {1: "resolve", 2: "resolve"}))
        for n, host in (1, "nxdomain.test"), (2, "empty.test"):
            self.assertEqual(run.record(n)["attempts"], 1)
            self.assertIn(host, run.record(n)["error"])

    def test_row_84_a_server_that_fails_is_asked_again(self):
        run = self.fetch_from(["servfail.test"], "--retry", "1")
        self.assertEqual(run.outcomes, {1: "resolve"})
        self.assertEqual(run.record(1)["attempts"], 2)

    def test_row_84_silence_falls_under_the_limit_for_connecting(self):
        patient = self.home / "patient"  # the system waits longer than we do
        patient.mkdir()
        self.names = self.enterContext(NameServer(patient, "timeout:20 attempts:1"))
        run = self.fetch_from(["silent.test"], "--retry", "1", "--connect-timeout", "0.2")
        self.assertEqual(run.outcomes, {1: "timeout"})
        self.assertEqual(run.record(1)["attempts"], 2)
        self.assertIn("silent.test", run.record(1)["error"])

    def test_row_84_one_address_of_a_hundred_is_enough(self):
        run = self.fetch_from(["hundred.test"])
        self.assertEqual((run.exit, run.outcomes), (0, {1: "saved"}))

    def test_row_84_addresses_of_both_kinds_are_tried(self):
        six = self.enterContext(Origin("::1"))
        rows = [f"http://six.test:{six.port}/ok/6.bin", self.url("both.test", "/ok/4.bin")]
        run = self.fetch(rows, under=self.names.under)
        self.assertEqual((run.exit, run.outcomes), (0, {1: "saved", 2: "saved"}))

    def test_row_84_a_name_is_looked_up_once_for_all_who_want_it(self):
        run = self.fetch_from(["many.test"] * 50, "-c", "20")
        self.assertEqual(set(run.outcomes.values()), {"saved"})
        self.assertEqual(self.asked("many.test"), 2)  # for IPv4 and for IPv6

    def test_row_85_silence_of_the_name_server_keeps_no_other_line_waiting(self):
        hosts = [f"silent.{n}.test" for n in range(10_000)]
        addresses = ["127.0.0.1"] * 100
        mixed = hosts[:300] + addresses + hosts[300:]
        urls = [self.url(host, f"/ok/{n}.bin") for n, host in enumerate(mixed)]
        process = self.start(self.list_of(urls), "-c", "400", under=self.names.under)
        saved = len(addresses)
        self.wait_until(lambda: len(list(self.out.glob("*.bin"))) == saved, "all other files")
        self.assertLess(threads(process), MOST_THREADS)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(5), -signal.SIGINT)  # it promises 2 s
        self.assertGreaterEqual(len(self.finish(process).outcomes), 400)

    def test_row_85_more_names_than_threads_are_all_looked_up(self):
        hosts = [f"{n}.test" for n in range(300)]
        run = self.fetch_from(hosts, "-c", "300")
        self.assertEqual((run.exit, set(run.outcomes.values())), (0, {"saved"}))

    def test_row_86_a_host_behind_a_proxy_is_not_looked_up(self):
        proxies = environment() | {"http_proxy": f"proxy.test:{self.origin.port}"}
        run = self.fetch_from(["behind.test"], env=proxies)
        self.assertEqual((run.exit, run.outcomes), (0, {1: "saved"}))
        self.assertEqual(set(self.names.asked), {"proxy.test"})

    def test_row_86_what_no_proxy_names_is_looked_up(self):
        proxies = environment() | {"http_proxy": "silent.test:1", "no_proxy": "direct.test"}
        run = self.fetch_from(["direct.test"], env=proxies)
        self.assertEqual((run.exit, run.outcomes), (0, {1: "saved"}))
        self.assertEqual(set(self.names.asked), {"direct.test"})

    def test_a_name_beyond_ascii_is_looked_up_in_ascii(self):
        run = self.fetch_from(["bücher.test", "B\u00dcCHER.test"])
        self.assertEqual((run.exit, set(run.outcomes.values())), (0, {"saved"}))
        self.assertEqual(set(self.names.asked), {"xn--bcher-kva.test"})

    def test_a_private_address_is_refused_whatever_its_name(self):
        run = self.fetch_from(["ok.test"], "--deny-private")
        self.assertEqual((run.exit, run.outcomes), (1, {1: "denied"}))

    def test_redirects_lead_to_other_names(self):
        run = self.fetch(
            [self.url("one.test", f"/redirect/302/a.bin?{self.url('two.test')}")],
            under=self.names.under,
        )
        self.assertEqual((run.exit, run.outcomes), (0, {1: "saved"}))


@unittest.skipUnless(is_possible(), "only root can have a name server of its own")
class Ends(EndToEnd):
    def test_row_85_the_end_does_not_wait_for_a_name_server(self):
        names = self.enterContext(NameServer(self.home, "timeout:30 attempts:5"))
        options = ["--connect-timeout", "0.2", "--retry", "0"]
        run = self.fetch(["http://silent.test/a.bin"], *options, under=names.under)
        self.assertEqual((run.exit, run.outcomes), (1, {1: "timeout"}))


if __name__ == "__main__":
    unittest.main()
