"""Runs that SQS tells workers of, under kills, losses, doubles and foreign messages; see scripts/check-queues."""
import argparse
import concurrent.futures
import json
import random
import sys
import tempfile
import threading
import time

from fleet import Cloud, Database, Node

ECHO = {"name": "Echo", "output": "out.message",
        "components": [{"id": "in", "type": "ChatInput"}, {"id": "out", "type": "ChatOutput"}],
        "edges": [{"from": "in.message", "to": "out.message"}]}
FOREIGN = ["hello", '{"type":"millrace.run","version":99,"run":"later"}', '{"type":"millrace.run","version":1}',
           '{"type":"order.placed","version":1,"run":"x","tenant":"default"}']
SESSIONS = 50
passed, failed, failures = 0, 0, []


def check(name, condition, shown=""):
    global passed, failed
    if condition:
        passed += 1
        print(f"ok     {name}", flush=True)
    else:
        failed += 1
        failures.append(f"FAIL   {name}: {str(shown)[:600]}")
        print(failures[-1], flush=True)
    return condition


def until(seconds, condition):
    """What it comes to in the end: the first that holds, or the last one."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found or time.monotonic() > end:
            return found
        time.sleep(0.2)


class Messages:
    """What boto3 sees of the queues and the topic."""

    def __init__(self, cloud):
        self.sqs, self.sns = cloud.client("sqs"), cloud.client("sns")
        self.dead = self.sqs.create_queue(QueueName="millrace-dead")["QueueUrl"]
        self.told = self.sqs.create_queue(QueueName="told")["QueueUrl"]
        self.runs = self.create()
        self.topic = self.sns.create_topic(Name="millrace-told")["TopicArn"]
        self.sns.subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint=self.arn(self.told),
                           Attributes={"RawMessageDelivery": "true"})
        self.received = []

    def create(self):
        policy = json.dumps({"deadLetterTargetArn": self.arn(self.dead), "maxReceiveCount": "5"})
        return self.sqs.create_queue(QueueName="millrace-runs", Attributes={"RedrivePolicy": policy})["QueueUrl"]

    def arn(self, queue):
        return self.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]

    def count(self, queue):
        found = self.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
        return sum(int(found[name]) for name in ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesDelayed",
                                                 "ApproximateNumberOfMessagesNotVisible"))

    def send(self, body):
        return self.sqs.send_message(QueueUrl=self.runs, MessageBody=body)["MessageId"]

    def take(self, queue):
        """Everything that is there now, removed."""
        found = []
        while True:
            messages = self.sqs.receive_message(
                QueueUrl=queue, MaxNumberOfMessages=10, MessageAttributeNames=["All"]).get("Messages", [])
            if not messages:
                return found
            found += messages
            self.sqs.delete_message_batch(
                QueueUrl=queue, Entries=[{"Id": str(place), "ReceiptHandle": one["ReceiptHandle"]}
                                         for place, one in enumerate(messages)])

    def tellings(self):
        """What the topic has told so far."""
        self.received += self.take(self.told)
        return self.received


def attribute(message, name):
    return message.get("MessageAttributes", {}).get(name, {}).get("StringValue")


def run_message(run):
    return json.dumps({"type": "millrace.run", "version": 1, "run": run, "tenant": "default"})


def submit(serve, flow, number):
    body = {"flow": flow, "input": f"Text {number}", "session": f"s{number % SESSIONS}", "async": True,
            "priority": (0, 0, 5, -10)[number % 4]}
    return serve.persist("POST", "/v1/runs", body, {"Idempotency-Key": f"run-{number}"})["id"]


def ended(serve, run, seconds):
    """The run as it ended, or as it stands when the time is over."""
    end = time.monotonic() + seconds
    shown = None
    while time.monotonic() < end:
        try:
            status, shown = serve.ask("GET", f"/v1/runs/{run}")
            if status == 404 or (status == 200 and shown["state"] not in ("queued", "running")):
                break
        except OSError:
            pass
        time.sleep(0.1)
    return shown or {}


def texts(shown):
    return [output["value"].get("text") for output in (shown.get("result") or {}).get("outputs", [])]


def disturb(options, nodes, messages, stop):
    """Kills processes and empties the queue once, until there were enough kills."""
    killed = 0
    while killed < options.kills and not stop.is_set():
        node = random.choice(nodes)
        node.kill()
        killed += 1
        if killed == max(1, options.kills // 2):
            messages.sqs.purge_queue(QueueUrl=messages.runs)
        time.sleep(random.uniform(0, 0.4))
        node.start()
        time.sleep(random.uniform(0.3, 1.2))
    return killed


def check_runs(options, nodes, messages, database):
    serve = nodes[0]
    flow = serve.persist("POST", "/v1/flows", {"flow": ECHO})
    flow = flow.get("id") or flow["flow"]["id"]
    webhook = serve.persist("POST", "/v1/webhooks", {"url": messages.topic, "events": [
        "run.finished", "run.failed", "run.dead", "run.cancelled", "ingest.finished"]})
    check("a topic is taken for a webhook's address", webhook["url"] == messages.topic, webhook)
    status, shown = serve.ask("POST", "/v1/webhooks", {"url": "arn:aws:sns:us-east-1:123456789012:other"})
    check("a topic that the settings do not name is refused", status == 422 or status == 400, (status, shown))
    stop = threading.Event()
    with concurrent.futures.ThreadPoolExecutor(10) as pool:
        disturbing = pool.submit(disturb, options, nodes, messages, stop)
        runs = list(pool.map(lambda number: submit(serve, flow, number), range(options.runs)))
        for run in runs[::10]:
            for _ in range(2):
                messages.send(run_message(run))
        killed = disturbing.result(timeout=120)
        # Behind the emptying of the queue, which would take them too.
        foreign = {messages.send(body): body for body in FOREIGN}
        serve.wait()
        check("no two keys have one run", len(set(runs)) == len(runs))
        shown = list(pool.map(lambda run: ended(serve, run, 60), runs))
    states = {}
    for run in shown:
        states[run.get("state")] = states.get(run.get("state"), 0) + 1
    check(f"all {options.runs} runs finished under {killed} kills, doubled messages and an emptied queue",
          states == {"finished": options.runs}, states)
    wrong = [run.get("id") for number, run in enumerate(shown) if texts(run) != [f"Text {number}"]]
    check("every run has its own result", not wrong, wrong[:5])
    doubled = []
    for session in range(min(SESSIONS, options.runs)):
        status, found = serve.ask("GET", f"/v1/conversations/{flow}/s{session}?limit=500")
        said = [one["text"] for one in found["messages"] if one["role"] == "user"] if status == 200 else [status] * 2
        if len(said) != len(set(said)) or len(said) != len(range(session, options.runs, SESSIONS)):
            doubled.append((session, said[:5]))
    check("no run has spoken twice, and none not at all", not doubled, doubled[:3])
    return flow, runs, foreign


def check_told(options, messages, flow, runs):
    wanted = set(runs)
    until(40, lambda: wanted <= {attribute(one, "run") for one in messages.tellings()})
    tellings = [one for one in messages.tellings() if attribute(one, "run") in wanted]
    missing = wanted - {attribute(one, "run") for one in tellings}
    check("the topic was told of every run's end", not missing, (len(missing), sorted(missing)[:3]))
    ids = {}
    for one in tellings:
        ids.setdefault(attribute(one, "run"), set()).add(attribute(one, "webhook_id"))
    check("each under one id", all(len(found) == 1 for found in ids.values()),
          [run for run, found in ids.items() if len(found) != 1][:3])
    odd = [one for one in tellings if attribute(one, "event") != "run.finished" or attribute(one, "flow") != flow
           or attribute(one, "state") != "finished"
           or json.loads(one["Body"])["data"]["run"]["id"] != attribute(one, "run")]
    check("each with event, run and flow as attributes", not odd, odd[:1])


def check_left(nodes, messages, database, runs, foreign):
    check("the queue is empty in the end", until(40, lambda: messages.count(messages.runs) == 0),
          messages.count(messages.runs))
    check("the outbox is empty in the end",
          until(10, lambda: database.number("SELECT count(*) FROM millrace.run_outbox") == 0),
          database.number("SELECT count(*) FROM millrace.run_outbox"))
    dead = [one["Body"] for one in messages.take(messages.dead)]
    check("the dead-letter queue has the foreign messages, every one",
          sorted(body for body in dead if body in FOREIGN) == sorted(FOREIGN), dead[:6])
    others = [body for body in dead if body not in FOREIGN and json.loads(body)["run"] not in runs]
    check("and nothing else but messages of runs that have ended", not others, others[:3])
    unnamed = [name for name in foreign if not any(node.logged(name) for node in nodes)]
    check("each foreign message is told in a log by its id", not unnamed, unnamed)


def check_ingest(serve, messages):
    status, job = serve.ask(
        "POST", "/v1/ingest/uploads?name=Sluice.md&readers=anyone",
        b"# The secret sluice\n\nIt opens at half past six.\n", {"Content-Type": "application/octet-stream"})
    if not check("a file is taken in", status == 202, (status, job)):
        return
    found = until(20, lambda: [one for one in messages.tellings() if attribute(one, "job") == job["id"]])
    if check("the topic is told of an ingest job's end", len(found) == 1, found):
        told = json.loads(found[0]["Body"])
        shown = told["data"]["job"]
        check("with its source and counts, and no title",
              attribute(found[0], "event") == "ingest.finished" == told["type"] and shown["counts"]["stored"] == 1
              and shown["source"]["id"] == attribute(found[0], "source") and shown["failures"] == 0
              and shown["duration_seconds"] >= 0 and "luice" not in found[0]["Body"], told)


def check_outage(nodes, messages, cloud, flow):
    serve = nodes[0]
    status, text = serve.run("doctor")
    check("doctor names the queue", messages.runs in text and "messages wait" in text, text[-1500:])
    before = serve.logged("the queue of runs cannot be used")
    messages.sqs.delete_queue(QueueUrl=messages.runs)
    runs = [submit(serve, flow, 1_000_000 + number) for number in range(10)]
    shown = [ended(serve, run, 60) for run in runs]
    check("without its queue runs are taken from the database",
          all(run.get("state") == "finished" for run in shown), [run.get("state") for run in shown])
    told = until(10, lambda: serve.logged("the queue of runs cannot be used") - before)
    check("which is told once", told == 1, told)
    status, text = serve.run("doctor")
    missing = [part for part in (messages.runs, "us-east-1", "runs.sqs_queue_url") if part not in text]
    check("doctor fails, and names queue, region and setting", status != 0 and not missing, text[-1500:])
    messages.runs = messages.create()
    runs = [submit(serve, flow, 2_000_000 + number) for number in range(10)]
    shown = [ended(serve, run, 60) for run in runs]
    check("with a new one they go on", all(run.get("state") == "finished" for run in shown),
          [run.get("state") for run in shown])
    check("and are told by it again", until(20, lambda: serve.logged("the queue of runs can be used again")))
    check("which is empty in the end", until(40, lambda: messages.count(messages.runs) == 0),
          messages.count(messages.runs))
    status, text = serve.run("doctor", environment=cloud.environment("nobody"))
    check("doctor names what the credentials are refused",
          status != 0 and "sqs:GetQueueAttributes" in text and "runs.sqs_queue_url" in text, text[-1500:])
    status, text = serve.run("doctor", environment={"MILLRACE_RUNS_SQS_QUEUE_URL": ""})
    check("a queue that is not named is asked for", status != 0 and "runs.sqs_queue_url" in text, text[-800:])
    status, text = serve.run("doctor", environment={"MILLRACE_RUNS_SQS_QUEUE_URL": "millrace-runs"})
    check("an address that is none is refused", status != 0 and "runs.sqs_queue_url" in text, text[-800:])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("millrace")
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--kills", type=int, default=8)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    random.seed(options.seed)
    print(f"check-queues: seed {options.seed}", flush=True)
    began = time.monotonic()
    cloud, database = Cloud(), Database()
    try:
        with tempfile.TemporaryDirectory() as folder:
            messages = Messages(cloud)
            settings = {
                "MILLRACE_RUNS_QUEUE": "sqs", "MILLRACE_RUNS_SQS_QUEUE_URL": messages.runs,
                "MILLRACE_RUNS_FORGOTTEN_SECONDS": "8", "MILLRACE_RUNS_SNS_TOPICS": messages.topic,
                "MILLRACE_FLOWS_LEASE_SECONDS": "2", "MILLRACE_FLOWS_ATTEMPTS": "20"}
            nodes = [Node(options.millrace, name, command, database, cloud, folder, settings)
                     for name, command in (("serve", "serve"), ("work-1", "work"), ("work-2", "work"))]
            try:
                for node in nodes:
                    node.start()
                nodes[0].wait()
                flow, runs, foreign = check_runs(options, nodes, messages, database)
                check_told(options, messages, flow, runs)
                check_left(nodes, messages, database, set(runs), foreign)
                check_ingest(nodes[0], messages)
                check_outage(nodes, messages, cloud, flow)
                for node in nodes:
                    code = node.stop()
                    check(f"{node.name} ends in order", code == 0, code)
            finally:
                for node in nodes:
                    if node.process and node.process.poll() is None:
                        node.kill()
                    if failures:
                        print(f"--- {node.name}\n{node.log.read_text(errors='replace')[-3000:]}")
    finally:
        database.close()
        cloud.close()
    for line in failures:
        print(line)
    print(f"check-queues: {passed} passed, {failed} failed, {time.monotonic() - began:.0f} s")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
