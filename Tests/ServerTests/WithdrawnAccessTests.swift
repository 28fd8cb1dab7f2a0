import Concurrency
import Corpus
import EngineSupport
import FlowService
import Foundation
import HTTPTypes
import Identity
import Models
import Synchronization
import Testing
import Workspace

@testable import Server

/// Begins to write what it rests on, says that it has, and writes on without an end.
private final class OpenEndedGenerator: Generator {
    let name = "open-ended"
    private let begun = AsyncStream<Void>.makeStream()

    /// Returns once it has been asked to write.
    func hasBegun() async {
        for await _ in begun.stream { return }
    }

    func generate(_ request: GenerationRequest) -> PulledSequence<GenerationEvent> {
        PulledSequence { [begun] in
            {
                begun.continuation.yield()
                try await Task.sleep(for: .milliseconds(5))
                return .text("Deploys go on. ")
            }
        }
    }
}

/// Ways to follow a run whose answer rests on the page that is closed meanwhile.
private enum Stream: String, CaseIterable, CustomTestStringConvertible {
    case ask, flow, run, searchingFlow, chat, responses, langflow, langflowResponses, workflow, agui, mcp,
        mcpFlow

    var testDescription: String { rawValue }

    private static let question = "When do deploys happen?"

    /// A flow that searches, and lets a model write about what it finds.
    static let searching = """
        {"name": "Searching", "output": "out.message",
         "components": [{"id": "in", "type": "ChatInput"}, {"id": "search", "type": "CorpusSearch"},
                        {"id": "model", "type": "LanguageModel"}, {"id": "out", "type": "ChatOutput"}],
         "edges": [{"from": "in.message", "to": "search.query"}, {"from": "search.message", "to": "model.input"},
                   {"from": "model.message", "to": "out.message"}]}
        """

    func begin(_ fixture: ServerFixture, searching flow: String) async throws -> APIResponse {
        let (question, model) = (Self.question, "question-answering")
        switch self {
        case .ask:
            return try await post(fixture, "/v1/ask", #"{"question": "\#(question)", "stream": true}"#)
        case .flow:
            return try await post(
                fixture, "/v1/flows/\(model)/run",
                #"{"input": {"question": "\#(question)"}, "stream": true}"#)
        case .run, .searchingFlow:
            let flow = self == .run ? model : flow
            return try await post(
                fixture, "/v1/runs", #"{"flow": "\#(flow)", "input": "\#(question)", "stream": true}"#)
        case .chat:
            return try await post(
                fixture, "/v1/chat/completions",
                #"{"model": "\#(flow)", "stream": true, "messages": [{"role": "user", "content": "\#(question)"}]}"#
            )
        case .responses, .langflowResponses:
            return try await post(
                fixture, self == .responses ? "/v1/responses" : "/api/v1/responses",
                #"{"model": "\#(flow)", "stream": true, "input": "\#(question)"}"#)
        case .langflow:
            return try await post(
                fixture, "/api/v1/run/\(flow)?stream=true", #"{"input_value": "\#(question)"}"#)
        case .workflow, .agui:
            let words = self == .agui ? "agui" : "langflow"
            return try await post(
                fixture, "/api/v2/workflows",
                #"{"flow_id": "\#(flow)", "input_value": "\#(question)", "mode": "stream", "stream_protocol": "\#(words)"}"#
            )
        case .mcp, .mcpFlow:
            let tool = self == .mcp ? "ask" : "flow_searching"
            let argument = self == .mcp ? "question" : "input"
            var headers = HTTPFields.ada
            headers[.accept] = "application/json, text/event-stream"
            return try await fixture.respond(
                .post, "/mcp",
                json: """
                    {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "\(tool)", \
                    "arguments": {"\(argument)": "\(question)"}, "_meta": {"progressToken": 1}}}
                    """, headers: headers)
        }
    }

    private func post(_ fixture: ServerFixture, _ path: String, _ body: String) async throws -> APIResponse {
        try await fixture.respond(.post, path, json: body, headers: .ada)
    }
}

extension APIResponse {
    /// Everything that a stream sends, to its end.
    fileprivate func wholeStream() async throws -> String {
        guard case .events(let stream) = body else {
            Issue.record("no stream: \(text)")
            return ""
        }
        var told = Data()
        for await event in stream.events(heartbeat: .seconds(600)) { told += event.bytes }
        return String(decoding: told, as: UTF8.self)
    }
}

@Suite(.timeLimit(.minutes(1))) struct `A right that is taken away while a run is told` {
    private static let told = "has been taken away meanwhile"

    private func close(_ fixture: ServerFixture) async throws {
        try await fixture.corpus.setReaders(AccessRule(allOf: [[.group("hr")]]), ofDocument: "1")
    }

    @Test(arguments: Stream.allCases, StorageEngine.allCases)
    fileprivate func `ends the stream, which says so`(stream: Stream, engine: StorageEngine) async throws {
        let generator = OpenEndedGenerator()
        let fixture = try await ServerFixture(engine: engine, generator: generator)
        let more = stream == .mcpFlow ? #""endpoint": "searching""# : ""
        let flow = try await fixture.keep(Stream.searching, more)
        if stream == .mcpFlow {
            let published = try await fixture.respond(
                .post, "/v1/flows/\(flow)/publish", json: #"{"version": 1}"#, headers: .ada)
            #expect(published.status == .ok)
        }
        let response = try await stream.begin(fixture, searching: flow)
        async let told = response.wholeStream()
        await generator.hasBegun()
        try await close(fixture)
        #expect(try await told.contains(Self.told), "\(stream)")
    }

    @Test(arguments: StorageEngine.allCases)
    func `ends with the key that the caller came with`(engine: StorageEngine) async throws {
        let generator = OpenEndedGenerator()
        var fixture = try await ServerFixture(engine: engine, generator: generator)
        let keys = APIKeys(store: try await engine.workspace())
        fixture.identity = ServedIdentity(keys: keys)
        let made = try await keys.create(
            KeyRequest(name: "k", principals: [.user("ada")], scopes: ["ask"]), by: "test")
        let response = try await fixture.respond(
            .post, "/v1/ask", json: #"{"question": "When do deploys happen?", "stream": true}"#,
            headers: [.apiKey: made.secret.text])
        async let told = response.wholeStream()
        await generator.hasBegun()
        try await keys.revoke(key: made.key.id, by: "test")
        #expect(try await told.contains(Self.told))
    }

    @Test func `ends with the token that the caller came with, when its time is over`() async throws {
        let generator = OpenEndedGenerator()
        var fixture = try await ServerFixture(generator: generator)
        let clock = SetClock(Date(timeIntervalSince1970: 1_800_000_000))
        let issuer = SigningIssuer()
        let verifier = TokenVerifier([issuer.issuer], client: issuer, now: { clock.now })
        fixture.identity = ServedIdentity(tokens: verifier)
        let token = try issuer.token(of: "ada", from: clock.now, lifetime: 300)
        let response = try await fixture.respond(
            .post, "/v1/ask", json: #"{"question": "When do deploys happen?", "stream": true}"#,
            headers: [.authorization: "Bearer \(token)"])
        async let told = response.wholeStream()
        await generator.hasBegun()
        // Clocks may be a minute apart.
        clock.now = clock.now.addingTimeInterval(361)
        #expect(try await told.contains(Self.told))
    }

    @Test(arguments: StorageEngine.allCases)
    func `ends what follows a run that a worker carries out`(engine: StorageEngine) async throws {
        let generator = OpenEndedGenerator()
        let fixture = try await ServerFixture(engine: engine, generator: generator)
        let flow = try await fixture.keep(Stream.searching)
        let id = try await submit(fixture, flow)
        let (follower, workflow) = (
            try await fixture.respond(.get, "/v1/runs/\(id)/events", headers: .ada),
            try await fixture.respond(.get, "/api/v2/workflows/\(id)/events", headers: .ada)
        )
        let worker = Task { await RunWorker(fixture.flows.service, name: "worker").run() }
        async let told = follower.wholeStream()
        async let said = workflow.wholeStream()
        await generator.hasBegun()
        try await close(fixture)
        #expect(try await told.contains("event: error"))
        #expect(try await said.contains(Self.told))
        worker.cancel()
        await worker.value
    }

    @Test(arguments: StorageEngine.allCases)
    func `ends what is followed over a WebSocket, and leaves the socket open`(engine: StorageEngine)
        async throws
    {
        let generator = OpenEndedGenerator()
        let fixture = try await ServerFixture(engine: engine, generator: generator)
        let flow = try await fixture.keep(Stream.searching)
        let talk = try await SocketTalk.open(try fixture.application(), .ada)
        talk.send(
            #"{"type": "run", "id": "a", "window": 10000, "flow": "\#(flow)", "input": "When do deploys happen?"}"#
        )
        await generator.hasBegun()
        try await close(fixture)
        var last: JSONValue?
        repeat {
            last = try await talk.next()
        } while last?["type"] == .text("event")
            || last?["type"] == .text("accepted")
        #expect(last?["type"] == .text("problem"))
        #expect(last?["problem"]?["type"]?.text?.hasSuffix("access-withdrawn") == true)
        talk.send(#"{"type": "ping"}"#)
        try await talk.expect("pong")
        talk.close()
    }

    @Test(arguments: StorageEngine.allCases)
    func `shows nothing more of a run that is followed later, from wherever it is`(engine: StorageEngine)
        async throws
    {
        let fixture = try await ServerFixture(engine: engine)
        let id = try await submit(fixture, "question-answering")
        await fixture.carryOutRuns()
        let open = try await fixture.respond(.get, "/v1/runs/\(id)/events", headers: .ada).events()
        #expect(open.last?.name == "finished")
        try await close(fixture)
        for position in [0, open.count - 1] {
            let closed = try await fixture.respond(
                .get, "/v1/runs/\(id)/events?from=\(position)", headers: .ada)
            let events = try await closed.events()
            #expect(events.last?.name == "error", "from \(position)")
            #expect(!events.contains { $0.name == "finished" || $0.name == "text" }, "from \(position)")
        }
    }

    private func submit(_ fixture: ServerFixture, _ flow: String) async throws -> String {
        let accepted = try await fixture.respond(
            .post, "/v1/runs",
            json: #"{"flow": "\#(flow)", "input": "When do deploys happen?", "async": true}"#, headers: .ada)
        #expect(accepted.status == .accepted)
        return try #require(try accepted.json["id"]?.text)
    }
}
