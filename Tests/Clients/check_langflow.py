#!/usr/bin/env python3
"""Drives a running Millrace with Langflow's own Python client, unchanged, sync and async; told by check-langflow-clients.

Every call of the client is made, its answers are read by the client's own models, and its errors are caught as its
users catch them. Prints a line for each check that fails, and `N passed, N failed` at the end.
"""
import argparse
import asyncio
import inspect
import io
import json
import pathlib
import sys
import tempfile
import uuid
import zipfile

import langflow_sdk
from langflow_sdk.exceptions import LangflowConnectionError, LangflowNotFoundError, LangflowValidationError
from langflow_sdk.models import FlowCreate, FlowUpdate, ProjectCreate, ProjectUpdate, RunRequest

ROOT = pathlib.Path(__file__).resolve().parents[2]
ABSENT = "00000000-0000-4000-8000-000000000000"
passed, failed = 0, 0


def check(name, condition, told=""):
    global passed, failed
    if condition:
        passed += 1
    else:
        failed += 1
        print(f"FAILED {name}: {told}"[:600])


class Client:
    """Either client behind one face: calls are awaited where they must be."""

    def __init__(self, client, kind):
        self.client, self.kind = client, kind

    async def call(self, name, *args, **kwargs):
        result = getattr(self.client, name)(*args, **kwargs)
        return await result if inspect.isawaitable(result) else result

    async def stream(self, *args, **kwargs):
        chunks = self.client.stream(*args, **kwargs)
        if hasattr(chunks, "__aiter__"):
            return [chunk async for chunk in chunks]
        return list(chunks)

    async def refused(self, error, name, *args, **kwargs):
        try:
            await self.call(name, *args, **kwargs)
        except error as refusal:
            return refusal
        return None


def export(name="echo"):
    return json.loads((ROOT / "fixtures" / "langflow" / f"{name}.json").read_text())


async def flows(client, at):
    blank = await client.call("create_flow", FlowCreate(name="Blank"))
    check(f"{at}: a blank flow is made", blank.name == "Blank")
    echo = export()
    made = await client.call(
        "create_flow",
        FlowCreate(name="Echo", description="d", data=echo["data"], endpoint_name=f"echo-{client.kind}", tags=["t"]))
    check(f"{at}: a flow is made", made.data and made.endpoint_name == f"echo-{client.kind}" and made.tags == ["t"])
    read = await client.call("get_flow", made.id)
    check(f"{at}: a flow is read", read == made or read.data == made.data, read)
    for parameters in ({}, {"get_all": True}, {"header_flows": True}, {"page": 1, "size": 1}):
        listed = await client.call("list_flows", **parameters)
        limit = parameters.get("size", 2)
        check(f"{at}: flows are listed by {parameters}", len(listed) >= min(limit, 2), len(listed))
    changed = await client.call("update_flow", made.id, FlowUpdate(name="Said", description="new"))
    check(f"{at}: a flow is changed", changed.name == "Said" and changed.description == "new")
    identity = str(uuid.uuid4())
    first, created = await client.call("upsert_flow", identity, FlowCreate(name="Put", data=echo["data"]))
    again, anew = await client.call("upsert_flow", identity, FlowCreate(name="Put two", data=echo["data"]))
    check(f"{at}: a flow is put", created and str(first.id) == identity)
    check(f"{at}: a flow is put again", not anew and again.name == "Put two" and str(again.id) == identity)
    for flow in (blank, again):
        await client.call("delete_flow", flow.id)
    gone = await client.refused(LangflowNotFoundError, "get_flow", blank.id)
    check(f"{at}: a flow is deleted", gone and gone.status_code == 404)
    return made


async def runs(client, at, flow, model):
    for target in (flow.id, flow.endpoint_name):
        response = await client.call("run", target, "hello")
        check(f"{at}: a flow runs by {target}", response.first_text_output() == "hello", response)
    check(f"{at}: a run is complete", response.is_completed() and not response.has_errors())
    tweaked = await client.call("run", flow.id, "", tweaks={"ChatInput-in": {"input_value": "tweaked"}})
    check(f"{at}: tweaks are taken", tweaked.get_chat_output() == "tweaked", tweaked)
    whole = await client.call("run_flow", flow.id, RunRequest(input_value="whole", output_type="any"))
    check(f"{at}: a request is taken", whole.get_text_outputs() == ["whole"])
    chunks = await client.stream(flow.id, "streamed")
    check(f"{at}: a stream ends", chunks and chunks[-1].is_end, [chunk.event for chunk in chunks])
    final = chunks[-1].final_response() if chunks else None
    check(f"{at}: a stream gives the response", final and final.first_text_output() == "streamed", final)
    spoken = await client.stream(model, "which words are common?")
    tokens = [chunk.text for chunk in spoken if chunk.is_token]
    answer = spoken[-1].final_response().first_text_output() if spoken and spoken[-1].is_end else None
    check(f"{at}: a model's tokens are streamed", len(tokens) > 1 and "".join(tokens) == answer, (tokens, answer))
    asked = await client.call("run", "question-answering", "Hotel limit per night in Europe?")
    check(f"{at}: the corpus answers", bool(asked.first_text_output()), asked)
    if client.kind == "async":
        job = await client.client.run_background(flow.id, "later")
        done = await job.wait_for_completion(timeout=30)
        check(f"{at}: a run in the background ends", done.first_text_output() == "later" and job.is_completed())


async def projects(client, at, flow):
    project = await client.call("create_project", ProjectCreate(name=f"Docs {client.kind}", flows_list=[flow.id]))
    listed = await client.call("list_projects")
    check(f"{at}: projects are listed", project.id in [one.id for one in listed])
    read = await client.call("get_project", project.id)
    check(f"{at}: a project holds its flows", [one.id for one in read.flows] == [flow.id], read)
    changed = await client.call("update_project", project.id, ProjectUpdate(description="new"))
    check(f"{at}: a project is changed", changed.description == "new" and changed.name == project.name)
    files = await client.call("download_project", project.id)
    check(f"{at}: a project is downloaded", len(files) == 1 and json.loads(next(iter(files.values())))["name"] == "Said")
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", method) as writer:
            for name, data in files.items():
                writer.writestr(name, data)
        uploaded = await client.call("upload_project", archive.getvalue())
        check(f"{at}: an archive is uploaded", [one.name for one in uploaded] == ["Said"], uploaded)
    with tempfile.TemporaryDirectory() as folder:
        written = await client.call("pull_project", project.id, output_dir=folder)
        check(f"{at}: a project is pulled", list(written) == ["Said"], written)
        pushed = await client.call("push_project", folder)
        check(f"{at}: a project is pushed", [(str(one.id), made) for one, made in pushed] == [(str(flow.id), False)], pushed)
        file = pathlib.Path(folder) / "flow.json"
        pulled = await client.call("pull", flow.id, output=file)
        check(f"{at}: a flow is pulled", pulled["name"] == "Said" and file.exists())
        _, anew = await client.call("push", file)
        check(f"{at}: a flow is pushed", anew is False)
    after = await client.call("run", flow.id, "after")
    check(f"{at}: a flow that came back runs", after.first_text_output() == "after", after)
    await client.call("delete_project", project.id)
    gone = await client.refused(LangflowNotFoundError, "get_project", project.id)
    check(f"{at}: a project is deleted", gone is not None)
    check(f"{at}: its flows stay", (await client.call("get_flow", flow.id)).id == flow.id)


async def errors(client, at, flow):
    for name, args in (
            ("get_flow", (ABSENT,)), ("delete_flow", (ABSENT,)), ("update_flow", (ABSENT, FlowUpdate(name="x"))),
            ("run", ("no-such-flow", "x")), ("get_project", (ABSENT,)), ("download_project", (ABSENT,))):
        refusal = await client.refused(LangflowNotFoundError, name, *args)
        check(f"{at}: {name} of what is not there", refusal and refusal.detail, refusal)
    try:
        await client.stream("no-such-flow", "x")
        check(f"{at}: a stream of what is not there", False, "it streamed")
    except LangflowNotFoundError as refusal:
        check(f"{at}: a stream of what is not there", "no-such-flow" in refusal.detail, refusal.detail)
    for name, args, kwargs in (
            ("run", (flow.id, "x"), {"tweaks": {"NoSuch-1": {"a": 1}}}), ("run", (flow.id, "x"), {"input_type": "odd"}),
            ("create_flow", (FlowCreate(name="x", data={"nodes": 1}),), {}), ("upload_project", (b"PK no archive",), {})):
        refusal = await client.refused(LangflowValidationError, name, *args, **kwargs)
        check(f"{at}: {name} with {kwargs or args}", refusal and refusal.status_code == 422, refusal)


async def session(client, model):
    at = client.kind
    flow = await flows(client, at)
    await runs(client, at, flow, model)
    await projects(client, at, flow)
    await errors(client, at, flow)


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("base")
    parser.add_argument("--model-flow", required=True, help="a flow that lets a model answer")
    arguments = parser.parse_args()
    for kind in ("sync", "async"):
        make = langflow_sdk.LangflowClient if kind == "sync" else langflow_sdk.AsyncLangflowClient
        try:
            await session(Client(make(arguments.base, api_key="any"), kind), arguments.model_flow)
        except Exception as error:  # noqa: BLE001 - whatever ends a session is a failure with its reason
            check(f"{kind}: the whole session", False, f"{type(error).__name__}: {error}")
    nobody = Client(langflow_sdk.LangflowClient("http://127.0.0.1:9", api_key="any"), "nobody")
    check("nobody listens", await nobody.refused(LangflowConnectionError, "list_flows") is not None)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


asyncio.run(main())
