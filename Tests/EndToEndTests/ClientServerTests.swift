import Foundation
import MillraceClient
import TestSupport
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// The client library against the built program, over the sample space.
@Suite(.serialized, .timeLimit(.minutes(5))) struct `The client of a running server` {
    private static let question: Question = "In what time must a SEV1 page be acknowledged?"

    /// A server for the principals that may read most of the sample space.
    private struct Served {
        let folder: TemporaryDirectory
        let data: URL
        let program: RunningProgram
        let url: URL

        /// - Parameter space: whether the sample space is taken in before.
        init(space: Bool = false) async throws {
            folder = try TemporaryDirectory()
            data = folder.url.appendingPathComponent("data")
            if space { try Self.ingest(into: data) }
            let (program, port) = try await RunningProgram.server(
                data: data,
                environment: [
                    "MILLRACE_SERVER_DEFAULT_PRINCIPALS": "group:confluence-users,group:engineering"
                ])
            self.program = program
            url = try #require(URL(string: "http://127.0.0.1:\(port)"))
        }

        private static func ingest(into data: URL) throws {
            try HandbookFolder.copySample(to: data)
            let ingest = try CommandLineRun(
                [
                    "ingest", "--quiet", "--export", Fixtures.url("space").path, "--base-url",
                    "https://tidewater.example/wiki",
                ], data: data)
            try #require(ingest.status == 0, "\(ingest.errors)")
        }

        /// Keeps a flow that says what it is told.
        ///
        /// - Returns: its id.
        func storeEcho() async throws -> String {
            var request = URLRequest(url: url.appendingPathComponent("v1/flows"))
            request.httpMethod = "POST"
            request.setValue("application/json", forHTTPHeaderField: "Content-Type")
            request.httpBody = Data(
                """
                {"flow": {"name": "echo", "output": "out.message",
                  "components": [{"id": "in", "type": "ChatInput"}, {"id": "out", "type": "ChatOutput"}],
                  "edges": [{"from": "in.message", "to": "out.message"}]}, "endpoint": "echo"}
                """.utf8)
            let (body, _) = try await URLSession.shared.data(for: request)
            let flow = try JSONSerialization.jsonObject(with: body) as? [String: Any]
            return try #require(flow?["id"] as? String, "\(String(decoding: body, as: UTF8.self))")
        }
    }

    @Test func `searches, reads a passage in its page, and asks, whole and as it is written`() async throws {
        let server = try await Served(space: true)
        let client = MillraceClient(baseURL: server.url)
        try await search(client)
        try await ask(client)
        try await askStreaming(client)
    }

    private func search(_ client: MillraceClient) async throws {
        let status = try await client.status()
        #expect(status.documents > 0 && status.chunks >= status.documents && !status.spaces.isEmpty)

        let found = try await client.search(SearchRequest("certificate rotation", limit: 3))
        let first = try #require(found.results.first)
        #expect(found.mode == "hybrid" && found.results.count <= 3 && first.why != nil)
        for result in found.results {
            let snippet = try #require(result.snippet)
            #expect((result.highlights ?? []).allSatisfy { $0.indices(in: snippet) != nil })
        }
        let filtered = try await client.search(
            SearchRequest("pump", mode: .keyword, filters: SearchFilters(spaces: [first.spaceKey])))
        #expect(filtered.results.allSatisfy { $0.spaceKey == first.spaceKey })
        let passage = try await client.passage(first.id)
        #expect(passage.text == first.text && passage.before != nil && passage.after != nil)

    }

    private func ask(_ client: MillraceClient) async throws {
        let answer = try await client.ask(Self.question)
        #expect(!answer.isAbstained && !answer.citations.isEmpty)
        for marker in answer.markers {
            let place = try #require(marker.range.indices(in: answer.text))
            #expect(answer.text[place] == "[\(marker.citation)]")
        }

        let error = try await #require(throws: MillraceError.self) { _ = try await client.ask("…") }
        #expect(error.problem?.kind == .emptyQuestion)
        #expect(error.problem?.requestID != nil)
    }

    private func askStreaming(_ client: MillraceClient) async throws {
        var stages: [String] = []
        var passages: [Passage] = []
        var (written, last, isDone) = ("", Answer?.none, false)
        for try await event in client.ask(streaming: Self.question) {
            switch event {
            case .stageBegan(let name): stages.append(name)
            case .stageEnded: break
            case .passages(let found): passages = found
            case .token(let text): written += text
            case .citation(let text, _, let passage):
                written += text
                #expect(passages.contains { $0.marker == passage })
            case .answer(let answer): last = answer
            case .done: isDone = true
            case .other(let name, _): Issue.record("the client does not know the event “\(name)”")
            }
        }
        #expect(isDone && !stages.isEmpty && !passages.isEmpty)
        #expect(written.filter { !$0.isWhitespace } == last?.text.filter { !$0.isWhitespace })
    }

    @Test func `runs a flow in each way, and keeps what was said`() async throws {
        let server = try await Served()
        let flow = try await server.storeEcho()
        let client = MillraceClient(baseURL: server.url)
        let session = "Montag/früh"

        let whole = try await client.run(RunRequest(flow: "echo", input: "one", session: session))
        #expect(whole.text == "one" && whole.flow.id == flow && whole.steps.count == 2)

        var told: [RunEvent] = []
        let request = RunRequest(flow: "echo", input: "two", session: session)
        for try await event in client.run(streaming: request) { told.append(event) }
        #expect(told.map(\.position) == Array(0..<told.count))
        guard case .finished(let result) = told.last?.kind else {
            Issue.record("\(told)")
            return
        }
        #expect(result.text == "two")

        let later = RunRequest(flow: "echo", input: "three", session: session)
        let stored = try await client.submit(later, idempotencyKey: "third", priority: 5)
        let ended = try await client.wait(forRun: stored.id)
        #expect(ended.state == .finished && ended.result?.text == "three" && ended.priority == 5)
        #expect(try await client.submit(later, idempotencyKey: "third", priority: 5).id == stored.id)
        let error = try await #require(throws: MillraceError.self) {
            _ = try await client.submit(request, idempotencyKey: "third")
        }
        #expect(error.problem?.kind == .keyReused)
        var rest: [RunEvent] = []
        for try await event in client.events(ofRun: stored.id, from: 2) { rest.append(event) }
        #expect(rest.first?.position == 2 && rest.last?.isLast == true)
        #expect(try await client.cancelRun(stored.id).state == .finished)
        #expect(try await client.storedRuns(flow: flow).runs.map(\.id) == [stored.id])

        let conversation = try #require(try await client.conversations(flow: flow).first)
        #expect(conversation.session == session && conversation.messageCount == 6)
        let page = try await client.messages(flow: flow, session: session, limit: 2)
        #expect(page.messages.map(\.text) == ["three", "three"])
        let before = try await client.messages(flow: flow, session: session, before: page.previous)
        #expect(before.messages.map(\.role) == ["user", "assistant", "user", "assistant"])
        let named = try await client.renameConversation(flow: flow, session: session, title: "Mühle")
        #expect(named.title == "Mühle")
        #expect(try await client.renameConversation(flow: flow, session: session, title: nil).title == nil)
        try await client.deleteConversation(flow: flow, session: session)
        #expect(try await client.conversations().isEmpty)
    }

    @Test func `sends, lists, fetches and deletes a flow's files`() async throws {
        let server = try await Served()
        let flow = try await server.storeEcho()
        let client = MillraceClient(baseURL: server.url)
        let data = Data((0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) })
        try await client.upload(data, named: "Plan der Mühle.bin", toFlow: flow)
        #expect(try await client.files(ofFlow: flow) == ["Plan der Mühle.bin"])
        #expect(try await client.download("Plan der Mühle.bin", fromFlow: flow) == data)
        try await client.deleteFile("Plan der Mühle.bin", ofFlow: flow)
        #expect(try await client.files(ofFlow: flow).isEmpty)
    }

    @Test func `is known by its key, in either header, and refused with another`() async throws {
        let server = try await Served()
        let made = try CommandLineRun(
            [
                "keys", "create", "--name", "test", "--as", "user:lena.fischer,group:confluence-users",
                "--scopes", "search",
            ], data: server.data)
        try #require(made.status == 0, "\(made.errors)")
        let key = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
        for authorization in [Authorization.apiKey(key), .bearer { key }] {
            let client = MillraceClient(baseURL: server.url, authorization: authorization)
            let caller = try await client.caller()
            #expect(!caller.isAnonymous && caller.scopes == ["search"])
            #expect(caller.principals.contains("user:lena.fischer"))
            let error = try await #require(throws: MillraceError.self) {
                _ = try await client.ask(Self.question)
            }
            #expect(error.problem?.kind == .insufficientScope)
        }
        let wrong = String(key.dropLast()) + (key.last == "A" ? "B" : "A")
        let client = MillraceClient(baseURL: server.url, authorization: .apiKey(wrong))
        let error = try await #require(throws: MillraceError.self) { _ = try await client.status() }
        #expect(error.problem?.kind == .unauthenticated)
    }
}
