#!/usr/bin/env python3
"""`GET /healthz` of Millrace beside bare Hummingbird, the library that both stand on, in turn.

    python3 Benchmarks/health_peers.py MILLRACE MILLRACE_BENCH [--seconds N] [--connections N] [--rounds N]

Needs wrk (Debian package), which shares the processors with the server.
"""
import argparse
import os
import statistics
import subprocess
import tempfile

from flow_peers import free_port, load, wait


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("millrace")
    parser.add_argument("bench")
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        ports = {"Millrace": free_port(), "Hummingbird": free_port()}
        servers = {
            "Millrace": [options.millrace, "serve", "--data", f"{folder}/data", "--port", str(ports["Millrace"]),
                         "--set", "log.level=warning", "--set", "server.requests_per_minute=1000000"],
            "Hummingbird": [options.bench, "bare-server", str(ports["Hummingbird"])]}
        running = {}
        environment = {k: v for k, v in os.environ.items() if not k.startswith("MILLRACE_")}
        try:
            for name, command in servers.items():
                running[name] = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
                wait(f"http://127.0.0.1:{ports[name]}/healthz")
            rates = {name: [] for name in servers}
            for _ in range(options.rounds):
                for name in servers:
                    rate, middle, late, cost = load(
                        f"http://127.0.0.1:{ports[name]}/healthz", options.connections, options.seconds,
                        running[name].pid, script_text="")
                    rates[name].append(rate)
                    print(f"{name}: {rate:,.0f} requests/s, p50 {middle:.2f}, p99 {late:.2f} ms, {cost:.0f} µs of processors")
        finally:
            for server in running.values():
                server.kill()
                server.wait()
    ratio = statistics.median(rates["Millrace"]) / statistics.median(rates["Hummingbird"])
    print(f"by the middle rates Millrace answers {ratio:.0%} of what Hummingbird does")


if __name__ == "__main__":
    main()
