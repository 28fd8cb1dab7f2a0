"""What a Millrace does when its PostgreSQL is killed, promoted, cut off, delayed, full, or late; see
scripts/check-failover."""
import argparse
import os
import pathlib
import pwd
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "TestSupport"))

from other_name import OtherName  # noqa: E402
from postgres_pair import Pair, Standing  # noqa: E402
from service import ECHO, PRINCIPALS, ROOT, Load, Service  # noqa: E402
from tcp_proxy import Proxy  # noqa: E402

passed, failed, failures = 0, 0, []


def check(name, condition, shown=""):
    global passed, failed
    if condition:
        passed += 1
        print(f"ok     {name}", flush=True)
    else:
        failed += 1
        failures.append(f"FAIL   {name}: {shown}")
        print(failures[-1], flush=True)
    return condition


def until(seconds, condition):
    """Whether it holds within so many seconds."""
    end = time.monotonic() + seconds
    while True:
        try:
            if condition():
                return True
        except (OSError, Standing, KeyError, TypeError):
            pass
        if time.monotonic() > end:
            return False
        time.sleep(0.1)


def brief(outcomes):
    return [(one.kind, one.status, str(one.told)[:160]) for one in outcomes[:3]]


def check_load(title, load, limit):
    """What holds of every fault: answers come in time, and none fails without a hint."""
    check(f"{title}: whatever failed came with 503 and Retry-After ({load.failures()} of {len(load.outcomes)})",
          not load.unhinted(), brief(load.unhinted()))
    check(f"{title}: no request waited longer than {limit} s ({load.longest():.1f} s)", load.longest() <= limit)


def check_kept(title, service, load):
    """Nothing that was acknowledged is lost, and nothing is there twice."""
    if not check(f"{title}: it answers afterwards",
                 until(15, lambda: service.ask("GET", f"/v1/flows/{service.flow}")[0] == 200)):
        return
    states = {}

    def ended():
        for key, run in load.runs.items():
            if states.get(key) in (None, "queued", "running"):
                status, shown, _ = service.ask("GET", f"/v1/runs/{run}")
                states[key] = shown["state"] if status == 200 else status
        return all(state not in (None, "queued", "running", 503) for state in states.values())

    until(30, ended)
    wrong = {key: state for key, state in states.items() if state != "finished"}
    check(f"{title}: every acknowledged run finished ({len(states)})", not wrong, list(wrong.items())[:3])
    check(f"{title}: no two keys have one run", len(set(load.runs.values())) == len(load.runs))
    lost = [key for key, flow in load.flows.items() if service.ask("GET", f"/v1/flows/{flow}")[0] != 200]
    check(f"{title}: every acknowledged flow is there ({len(load.flows)})", not lost, lost[:3])


def prepare(service):
    result = service.command(
        "ingest", "--quiet", "--export", str(ROOT / "fixtures/space"), "--base-url", "https://tidewater.example/wiki")
    check("the sample space is taken in", result.returncode == 0, result.stdout[-500:] + result.stderr[-500:])
    service.start()
    status, shown, _ = service.ask("POST", "/v1/flows", {"flow": ECHO})
    check("a flow is stored", status in (200, 201), (status, shown))
    return shown.get("id") or shown["flow"]["id"]


def titles(service, text):
    status, shown, _ = service.search(text)
    if status != 200:
        return None
    return [hit["document"]["title"] if "document" in hit else hit.get("title") for hit in shown["results"]]


def document_of(hit):
    return hit["document"]["id"] if "document" in hit else hit["document_id"]


# ── Faults


def replica_serves(service):
    before = service.metric("millrace_database_replica_reads_total") or 0
    served = until(10, lambda: service.search("certificate rotation")[0] == 200 and
                   service.metric("millrace_database_replica_usable") == 1 and
                   (service.metric("millrace_database_replica_reads_total") or 0) > before)
    check("a replica that is level serves reads", served, service.metric("millrace_database_replica_usable"))
    result = service.command("doctor")
    check("doctor tells that the replica is level", "level with the primary" in result.stdout, result.stdout[-600:])


def replica_lags(service, pair):
    status, shown, _ = service.search("certificate rotation", 1)
    if not check("a page is found", status == 200 and shown["results"], (status, shown)):
        return
    hit = shown["results"][0]
    document = document_of(hit)
    title = hit["document"]["title"] if "document" in hit else hit.get("title")
    pair.standby.sql("SELECT pg_wal_replay_pause()")
    begin = time.monotonic()
    status, shown, _ = service.ask("DELETE", f"/v1/documents/{document}", headers=PRINCIPALS)
    check("a page is removed while the replica stands still", status in (200, 204), (status, shown))
    there = int(pair.standby.sql(f"SELECT count(*) FROM millrace.document WHERE id = '{document}'"))
    check("the replica still holds it", there == 1)
    seen, failing, searches = 0, 0, 0
    while time.monotonic() - begin < 4:
        status, shown, _ = service.search(str(title), 20)
        searches += 1
        failing += status != 200
        # By the hits' own ids: a short one stands among the digits of any figure.
        seen += status == 200 and document in map(document_of, shown["results"])
        seen += service.ask("GET", f"/v1/documents/{document}", headers=PRINCIPALS)[0] == 200
        time.sleep(0.05)
    check(f"a removed page is never shown again because of a replica ({searches} searches)", seen == 0, seen)
    check("searches go on by the primary", failing == 0, failing)
    # What was stored is found at once by whoever stored it.
    status, shown, _ = service.ask("POST", "/v1/runs", {"flow": service.flow, "input": "Late", "async": True})
    listed = service.ask("GET", "/v1/runs?limit=5")[1]
    check("a run is listed at once by the process that took it", shown["id"] in str(listed), str(listed)[:300])
    check("the replica counts as unusable", until(
        5, lambda: service.search("certificate rotation")[0] == 200 and service.metric("millrace_database_replica_usable") == 0))
    check("that it lags is logged once", service.told("lags beyond database.replica_lag") == 1,
          service.told("lags beyond database.replica_lag"))
    result = service.command("doctor")
    check("doctor names the replica and the setting",
          "database.replica_lag" in result.stdout and "cannot be read" in result.stdout, result.stdout[-600:])
    pair.standby.sql("SELECT pg_wal_replay_resume()")
    check("it is used again once it has caught up", until(
        10, lambda: service.search("certificate rotation")[0] == 200 and service.metric("millrace_database_replica_usable") == 1))


def terminated(service, pair):
    ended = 0
    with Load(service, service.flow, "terminated") as load:
        end = time.monotonic() + 20
        while ended < 100 and time.monotonic() < end:
            ended += int(pair.primary.sql(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'millrace'"))
            time.sleep(0.05)
        time.sleep(0.5)
    check(f"100 connections are taken away ({ended})", ended >= 100)
    check_load("100 connections taken away", load, 15)
    check("100 connections taken away: searches, runs and flows go on",
          {one.kind for one in load.outcomes if one.is_fine} == {"search", "run", "flow"})
    check_kept("100 connections taken away", service, load)


def network(service, proxy):
    with Load(service, service.flow, "cut") as load:
        for _ in range(6):
            time.sleep(random.uniform(0.05, 0.4))
            proxy.cut()
        time.sleep(0.5)
    check_load("connections cut", load, 15)
    check_kept("connections cut", service, load)
    with Load(service, service.flow, "slow") as load:
        proxy.slow(2)
        time.sleep(5)
        proxy.slow(0)
        time.sleep(3)
    check_load("answers 2 s late", load, 40)
    check_kept("answers 2 s late", service, load)
    with Load(service, service.flow, "stalled") as load:
        time.sleep(0.5)
        proxy.stall()
        begin = time.monotonic()
        time.sleep(8)
        proxy.flow()
        back = time.monotonic()
        time.sleep(4)
    check_load("a network that carries nothing for 8 s", load, 25)
    late = load.outage(back)
    check(f"a network that carries nothing: it goes on by itself ({ {k: round(v, 1) for k, v in late.items()} } s)",
          max(late.values()) <= 5, late)
    check_kept("a network that carries nothing", service, load)
    return begin


def disk_full(service, pair, folder):
    if folder is None:
        print("skipped a full disk: only root may mount a small one", flush=True)
        return
    ballast = folder / "ballast"
    with open(ballast, "wb") as file:
        try:
            while True:
                file.write(bytes(1 << 16))
                file.flush()
        except OSError:
            pass
    # Random text, which is not packed into nothing.
    bodies = [{"flow": service.flow, "input": random.randbytes(40_000).hex(), "async": True} for _ in range(4)]
    told, kept = [], []
    end = time.monotonic() + 12
    while time.monotonic() < end and not any(status >= 500 for status, _ in told):
        status, shown, headers = service.ask("POST", "/v1/runs", random.choice(bodies), timeout=60)
        told.append((status, headers.get("Retry-After")))
        if status == 202:
            kept.append(shown["id"])
    wrong = [one for one in told if one[0] >= 400 and (one[0] not in (503, 507) or one[1] is None)]
    check("a full disk: what is refused says so and when to come again",
          told[-1][0] in (503, 507) and not wrong, told[-3:])
    ballast.unlink()
    if pair.primary.process.poll() is not None:
        pair.primary.start()
    check("a full disk: it goes on by itself when there is room", until(
        20, lambda: service.ask("POST", "/v1/runs", {"flow": service.flow, "input": "Room", "async": True})[0] == 202))
    lost = [run for run in kept if service.ask("GET", f"/v1/runs/{run}")[0] != 200]
    check(f"a full disk: nothing acknowledged is lost ({len(kept)})", not lost, lost[:3])


def failover(service, pair):
    with Load(service, service.flow, "failover") as load:
        time.sleep(2)
        pair.primary.kill()
        begin = time.monotonic()
        time.sleep(0.5)
        pair.promote()
        promoted = time.monotonic()
        time.sleep(8)
    late = load.outage(begin)
    print(f"       promoted {promoted - begin:.1f} s after the kill; first served after "
          + ", ".join(f"{kind} {seconds:.1f} s" for kind, seconds in sorted(late.items()))
          + f"; {len(load.runs)} runs and {len(load.flows)} flows acknowledged, {load.failures()} refusals", flush=True)
    check_load("failover", load, 15)
    check("failover: served again within 10 s", max(late.values()) <= 10, late)
    check_kept("failover", service, load)
    lost = [key for key, flow in load.flows.items() if pair.standby.sql(
        f"SELECT count(*) FROM millrace.flow WHERE name = '{key}'") != "1"]
    check("failover: every acknowledged flow is there once", not lost, lost[:3])
    check("that another server serves is logged", service.told("another server serves the database") >= 1)
    check("searches find the sample space", bool(titles(service, "certificate rotation")), titles(service, "certificate rotation"))


def bad_input(service, pair):
    """Each refusal names server, database and setting."""
    port = pair.standby.port
    url = f"postgresql://app@127.0.0.1:{port}/postgres?sslmode=disable"
    cases = [
        ("a wrong password", {"MILLRACE_DATABASE_PASSWORD": "wrong"}, ["database.password"]),
        ("a database that is not there", {"MILLRACE_DATABASE_URL": url.replace("/postgres?", "/nope?")},
         ["nope", "database.name"]),
        ("a server without a certificate", {"MILLRACE_DATABASE_URL": url.replace("disable", "verify-full")},
         ["database.tls"]),
        ("an address that is none", {"MILLRACE_DATABASE_URL": "postgresql://a:b:c/d?x=y"}, ["database.url"]),
        ("a replica that takes writes", {"MILLRACE_DATABASE_REPLICA_URL": f"postgresql://127.0.0.1:{port}/postgres"},
         ["database.replica_url"]),
    ]
    for name, settings, words in cases:
        given = {"MILLRACE_DATABASE_URL": url, **settings}
        result = service.command("doctor", **given)
        said = result.stdout + result.stderr
        place = [] if name == "an address that is none" else [f"127.0.0.1:{port}"]
        check(f"{name}: named with its server and setting", all(word in said for word in words + place)
              and result.returncode != 0, said[-500:])
    other = OtherName(service.folder, "other.example")
    try:
        strict = (f"postgresql://app@127.0.0.1:{other.port}/postgres?sslmode=verify-full"
                  f"&sslrootcert={other.certificate}")
        result = service.command("doctor", MILLRACE_DATABASE_URL=strict, MILLRACE_DATABASE_REPLICA_URL="")
        said = result.stdout + result.stderr
        check("a certificate of another name: named with its server and setting", result.returncode != 0 and all(
            word in said for word in ("other.example", f"127.0.0.1:{other.port}", "database.root_certificate")),
            said[-500:])
    finally:
        other.close()
    pair.standby.sql("INSERT INTO millrace.schema_step (number, name) VALUES (9999, 'of-tomorrow')")
    result = service.command("doctor", MILLRACE_DATABASE_URL=url)
    check("a schema of a newer version: named", "of-tomorrow" in result.stdout and result.returncode != 0,
          result.stdout[-500:])
    pair.standby.sql("DELETE FROM millrace.schema_step WHERE number = 9999")


def small_disk(folder):
    """A disk of 320 MB for the primary, or `None` where none may be made."""
    if os.getuid() != 0:
        return None
    place = pathlib.Path(folder) / "disk"
    place.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=320m", "tmpfs", str(place)], capture_output=True)
    if done.returncode != 0:
        return None
    user = pwd.getpwnam("postgres")
    os.chown(place, user.pw_uid, user.pw_gid)
    return place


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", help="the millrace to check")
    parser.add_argument("--only", default="", help="the faults to try, with commas between")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    random.seed(options.seed)
    # Whoever ends this early still has the servers ended.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    print(f"seed {options.seed}", flush=True)
    # Servers of their own user have to come to their files.
    folder = tempfile.mkdtemp(prefix="millrace-failover-")
    os.chmod(folder, 0o755)
    disk = small_disk(folder)
    pair, proxies, service = None, [], None
    try:
        pair = Pair(data=disk)
        proxies = [Proxy(pair.primary.port), Proxy(pair.standby.port)]
        service = Service(options.program, folder, [proxy.port for proxy in proxies], replica=proxies[1].port)
        service.flow = prepare(service)
        faults = {
            "replica": lambda: replica_serves(service), "lag": lambda: replica_lags(service, pair),
            "terminated": lambda: terminated(service, pair), "network": lambda: network(service, proxies[0]),
            "disk": lambda: disk_full(service, pair, disk), "failover": lambda: failover(service, pair),
            "bad": lambda: bad_input(service, pair)}
        chosen = options.only.split(",") if options.only else list(faults)
        for name in chosen:
            begin = time.monotonic()
            try:
                faults[name]()
            except (OSError, Standing, KeyError, TypeError, ValueError, subprocess.TimeoutExpired) as error:
                check(f"{name}: it could be tried", False, repr(error))
            print(f"── {name}: {time.monotonic() - begin:.0f} s", flush=True)
        check("it ends in order", service.stop() == 0)
    finally:
        if service:
            service.stop()
            if failed:
                print(service.log.read_text(errors="replace")[-3000:], flush=True)
        for proxy in proxies:
            proxy.close()
        if pair:
            pair.close()
        if disk:
            subprocess.run(["umount", "-l", str(disk)], check=False)
        shutil.rmtree(folder, ignore_errors=True)
    for line in failures:
        print(line)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
