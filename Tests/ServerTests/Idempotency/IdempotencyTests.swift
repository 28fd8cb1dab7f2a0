import Concurrency
import Corpus
import Foundation
import HTTPTypes
import Identity
import Synchronization
import TestSupport
import Testing
import Workspace
import WorkspaceSQLite

@testable import Server

extension HTTPFields {
    /// The same with an idempotency key.
    func keyed(_ key: String) -> HTTPFields {
        var headers = self
        headers[.idempotencyKey] = key
        return headers
    }
}

@Suite(.timeLimit(.minutes(2))) struct `A request under an idempotency key` {
    private static let flow = #"{"flow": \#(FlowText.echo)}"#

    @Test func `is carried out once, and answered alike`() async throws {
        let fixture = try await ServerFixture()
        let headers = HTTPFields.ada.keyed("k-1")
        let first = try await fixture.respond(.post, "/v1/flows", json: Self.flow, headers: headers)
        #expect(first.status == .created)
        #expect(first.headers[.idempotencyReplayed] == nil)
        let again = try await fixture.respond(.post, "/v1/flows", json: Self.flow, headers: headers)
        #expect(again.status == .created)
        #expect(again.headers[.idempotencyReplayed] == "true")
        #expect(again.data == first.data)
        #expect(again.headers[.location] == first.headers[.location])
        #expect(again.headers[.contentType] == "application/json")
        let id = try #require(try first.json["id"]?.text)
        for expected in [nil, "true"] as [String?] {
            let gone = try await fixture.respond(.delete, "/v1/flows/\(id)", headers: headers)
            #expect(gone.status == .noContent)
            #expect(gone.headers[.idempotencyReplayed] == expected)
        }
    }

    @Test func `is refused when the key stands for another request`() async throws {
        let fixture = try await ServerFixture()
        let headers = HTTPFields.ada.keyed("k")
        let first = try await fixture.respond(.post, "/v1/flows", json: Self.flow, headers: headers)
        let id = try #require(try first.json["id"]?.text)
        for (path, body) in [
            ("/v1/flows", #"{"flow": \#(FlowText.model)}"#), ("/v1/flows?x=1", Self.flow),
        ] {
            let other = try await fixture.respond(.post, path, json: body, headers: headers)
            #expect(other.status == .unprocessableContent)
            #expect(try other.problem == "key-reused")
        }
        let richer = try await fixture.respond(
            .post, "/v1/flows", json: Self.flow,
            headers: HTTPFields.principals("user:ada, group:hr").keyed("k"))
        #expect(try richer.problem == "key-reused", "with other rights it is another request")
        // Another operation, and another caller, have keys of their own.
        let saved = try await fixture.respond(.put, "/v1/flows/\(id)", json: Self.flow, headers: headers)
        #expect(saved.status == .ok)
        let bobs = try await fixture.respond(
            .post, "/v1/flows", json: Self.flow, headers: HTTPFields.bob.keyed("k"))
        #expect(bobs.status == .created)
        #expect(try bobs.json["id"] != .text(id))
    }

    @Test(arguments: ["", String(repeating: "k", count: 256), "a b", "ä"])
    func `needs a key that is one`(key: String) async throws {
        let fixture = try await ServerFixture()
        let response = try await fixture.respond(
            .post, "/v1/flows", json: Self.flow, headers: HTTPFields.ada.keyed(key))
        #expect(response.status == .unprocessableContent)
        #expect(try response.problem == "invalid-parameter")
    }

    @Test func `that was refused is refused alike, and one that may succeed later is tried again`()
        async throws
    {
        let fixture = try await ServerFixture(generator: FailingGenerator(isRetryable: false))
        let headers = HTTPFields.ada.keyed("k")
        let first = try await fixture.respond(.delete, "/v1/flows/none", headers: headers)
        let again = try await fixture.respond(.delete, "/v1/flows/none", headers: headers)
        #expect(first.status == .notFound && again.status == .notFound)
        #expect(again.headers[.idempotencyReplayed] == "true")
        #expect(again.data == first.data)
        let id = try await fixture.keep(FlowText.model)
        for _ in 0..<2 {
            let failed = try await fixture.respond(
                .post, "/v1/runs", json: #"{"flow": "\#(id)", "input": "x"}"#, headers: headers)
            #expect(failed.status == .badGateway)
            #expect(failed.headers[.idempotencyReplayed] == nil)
        }
    }

    @Test func `is run once though the caller waits for it, and a stream every time`() async throws {
        let fixture = try await ServerFixture()
        let flow = try await fixture.keep(FlowText.echo)
        let headers = HTTPFields.ada.keyed("k")
        let body = #"{"flow": "\#(flow)", "input": "hello", "session": "s"}"#
        let first = try await fixture.respond(.post, "/v1/runs", json: body, headers: headers)
        let again = try await fixture.respond(.post, "/v1/runs", json: body, headers: headers)
        #expect(again.data == first.data)
        let said = try await fixture.respond(.get, "/v1/conversations/\(flow)/s", headers: .ada).json
        #expect(said["messages"]?.list.count == 2)
        let streamed = #"{"flow": "\#(flow)", "input": "hello", "stream": true}"#
        for _ in 0..<2 {
            let events = try await fixture.respond(
                .post, "/v1/runs", json: streamed, headers: HTTPFields.ada.keyed("other")
            ).events()
            #expect(events.last?.name == "finished")
        }
    }

    @Test func `is carried out once though it brings a file, however its form is written`() async throws {
        let fixture = try await ServerFixture()
        let export = try LangflowText.echo()
        func send(_ path: String, boundary: String, _ export: String) async throws -> APIResponse {
            var headers = HTTPFields.ada.keyed("k")
            headers[.contentType] = "multipart/form-data; boundary=\(boundary)"
            let form = LangflowText.form(Data(export.utf8), name: "flow.json", boundary: boundary)
            return try await fixture.respond(.post, path, upload: form, headers: headers)
        }
        for path in ["/v1/flows/import", "/api/v1/flows/upload/", "/api/v1/projects/upload/"] {
            let first = try await send(path, boundary: "one", export)
            #expect(first.status == .created, "\(path): \(first.text)")
            let again = try await send(path, boundary: "another", export)
            #expect(again.headers[.idempotencyReplayed] == "true", "\(path)")
            #expect(again.data == first.data)
            let other = try await send(path, boundary: "one", export + " ")
            #expect(try other.problem == "key-reused", "\(path)")
        }
        let flows = try await fixture.respond(.get, "/api/v1/flows/", headers: .ada).json
        #expect(flows.list.count == 3)
    }

    @Test func `is said once in a conversation that is kept`() async throws {
        let fixture = try await ServerFixture()
        let flow = try await fixture.keep(FlowText.echo)
        func send(_ more: String, key: String) async throws -> APIResponse {
            try await fixture.respond(
                .post, "/v1/responses",
                json: #"{"model": "\#(flow)", "input": "hello", "conversation": "s"\#(more)}"#,
                headers: HTTPFields.ada.keyed(key))
        }
        let first = try await send("", key: "k")
        let again = try await send("", key: "k")
        #expect(first.status == .ok && again.data == first.data)
        #expect(again.headers[.idempotencyReplayed] == "true")
        let other = try await send(#", "metadata": {"a": "b"}"#, key: "k")
        #expect(other.status == .badRequest)
        #expect(try other.json["error"]?["code"]?.text == "key_reused", "as OpenAI's clients read it")
        let said = try await fixture.respond(.get, "/v1/conversations/\(flow)/s", headers: .ada).json
        #expect(said["messages"]?.list.count == 2)
        for more in [#", "store": false"#, #", "stream": true"#] {
            for _ in 0..<2 {
                let response = try await send(more, key: "other")
                #expect(response.status == .ok && response.headers[.idempotencyReplayed] == nil)
                if more.contains("stream") { _ = try await response.events() }
            }
        }
    }

    @Test func `is not answered once more with what may not be read any more`() async throws {
        let fixture = try await ServerFixture()
        let headers = HTTPFields.ada.keyed("k")
        let question = "When do deploys happen?"
        let requests = [
            ("/v1/runs", #"{"flow": "question-answering", "input": "\#(question)"}"#),
            ("/v1/responses", #"{"model": "question-answering", "input": "\#(question)"}"#),
            (
                "/v1/chat/completions",
                #"""
                {"model": "question-answering", "messages": [{"role": "user", "content": "\#(question)"}]}
                """#
            ),
        ]
        for (path, body) in requests {
            for isAgain in [nil, "true"] as [String?] {
                let response = try await fixture.respond(.post, path, json: body, headers: headers)
                #expect(response.text.contains("Deploys happen on Tuesdays."), "\(path)")
                #expect(response.headers[.idempotencyReplayed] == isAgain)
                #expect(!response.headers.contains { $0.name.canonicalName.contains("shown") })
            }
        }
        try await fixture.corpus.setReaders(AccessRule(allOf: [[.group("hr")]]), ofDocument: "1")
        for (path, body) in requests {
            let response = try await fixture.respond(.post, path, json: body, headers: headers)
            #expect(response.status == .forbidden, "\(path)")
            #expect(!response.text.contains("Tuesdays"), "\(path)")
        }
    }
}

@Suite(.timeLimit(.minutes(2))) struct `Idempotent operations` {
    private struct Made: ResponseDocument {
        var count: Int
        static var schema: JSONSchema { .object(required: ["count": .integer]) }
    }

    private final class Counter: Sendable {
        let count = Mutex(0)
        let gate = Gate()

        func operation(
            _ idempotency: Idempotency? = nil, waits: Bool = false, failure: (any Error)? = nil
        ) -> Server.Operation {
            .scoped(
                .flows, "make", .post, "/make", summary: "makes something", inputs: .none,
                responses: [.json(Made.self, status: 201, "what was made")], idempotency: idempotency
            ) { [self] _, _ in
                let made = count.withLock {
                    $0 += 1; return $0
                }
                if waits { try await gate.wait() }
                if let failure { throw failure }
                return try .json(Made(count: made), status: .created)
            }
        }
    }

    private func application(
        _ operation: Server.Operation, _ store: any ReplyStore,
        renewal: Duration = .seconds(60), now: @escaping @Sendable () -> Date = { Date() }
    ) async throws -> Application {
        let fixture = try await ServerFixture()
        return Application(
            operations: [operation], scopes: fixture.corpus, configuration: fixture.configuration,
            logger: fixture.log.logger, replies: IdempotentReplies(store: store, renewal: renewal, now: now))
    }

    private func send(_ application: Application, key: String = "k") async -> APIResponse {
        await application.respond(
            to: APIRequest(
                method: .post, path: "/make",
                headers: [.idempotencyKey: key, .contentType: "application/json"],
                id: "x"))
    }

    @Test func `tell a second request that the first is under way`() async throws {
        let counter = Counter()
        let application = try await application(
            counter.operation(waits: true), try SQLiteWorkspace.inMemory())
        async let first = send(application)
        #expect(await eventually { counter.count.withLock { $0 } == 1 })
        let second = await send(application)
        #expect(second.status == .conflict)
        #expect(try second.problem == "request-under-way")
        #expect(second.headers[.retryAfter] == "1")
        counter.gate.open()
        #expect(await first.status == .created)
        #expect(await send(application).headers[.idempotencyReplayed] == "true")
        #expect(counter.count.withLock { $0 } == 1)
    }

    /// A store that tells how often claims were renewed to an end.
    private final class ToldRenewals: ReplyStore {
        let base: SQLiteWorkspace
        let latest = Mutex<Date?>(nil)

        init() throws { base = try SQLiteWorkspace.inMemory() }

        func claim(_ key: ReplyKey, until: Date, at time: Date) async throws(WorkspaceError) -> ReplyClaim {
            try await base.claim(key, until: until, at: time)
        }
        func renew(_ key: ReplyKey, claim: Int64, until: Date) async throws(WorkspaceError) {
            try await base.renew(key, claim: claim, until: until)
            latest.withLock { $0 = until }
        }
        func settle(
            _ key: ReplyKey, claim: Int64, with reply: StoredReply, until end: Date
        ) async throws(WorkspaceError) {
            try await base.settle(key, claim: claim, with: reply, until: end)
        }
        func release(_ key: ReplyKey, claim: Int64) async throws(WorkspaceError) {
            try await base.release(key, claim: claim)
        }
    }

    @Test func `are claimed for as long as they are carried out, however long that is`() async throws {
        let start = Date(timeIntervalSince1970: 1_800_000_000)
        let clock = SetClock(start)
        let (counter, store) = (Counter(), try ToldRenewals())
        let application = try await application(
            counter.operation(waits: true), store, renewal: .milliseconds(2), now: { clock.now })
        async let first = send(application)
        #expect(await eventually { counter.count.withLock { $0 } == 1 })
        for minutes in [4.0, 8.0] {
            clock.now = start + 60 * minutes
            let end = clock.now + 300
            #expect(await eventually { store.latest.withLock { $0 } == end })
        }
        clock.now = start + 60 * 12
        let second = await send(application)
        #expect(try second.problem == "request-under-way")
        counter.gate.open()
        #expect(await first.status == .created)
        #expect(counter.count.withLock { $0 } == 1)
    }

    @Test func `go on when their client has gone, and are told when it comes again`() async throws {
        let counter = Counter()
        let application = try await application(
            counter.operation(waits: true), try SQLiteWorkspace.inMemory())
        let first = Task { await send(application) }
        #expect(await eventually { counter.count.withLock { $0 } == 1 })
        first.cancel()
        #expect(try await send(application).problem == "request-under-way")
        counter.gate.open()
        _ = await first.value
        let again = await send(application)
        #expect(again.status == .created)
        #expect(again.headers[.idempotencyReplayed] == "true")
        #expect(try again.json["count"] == .number(1))
        #expect(counter.count.withLock { $0 } == 1)
    }

    @Test func `are not done once more when they were ended from within`() async throws {
        let counter = Counter()
        let application = try await application(
            counter.operation(failure: CancellationError()), try SQLiteWorkspace.inMemory())
        #expect(try await send(application).problem == "cancelled")
        let again = await send(application)
        #expect(again.status == .conflict)
        #expect(try again.problem == "reply-not-kept")
        #expect(counter.count.withLock { $0 } == 1)
    }

    @Test func `remember over a restart, and for a day`() async throws {
        let folder = try TemporaryDirectory()
        let counter = Counter()
        let start = Date(timeIntervalSince1970: 1_800_000_000)
        for (hours, count) in [(0.0, 1), (0.1, 1), (23.9, 1), (24.1, 2)] {
            let store = try SQLiteWorkspace.open(at: folder.url)
            let application = try await application(
                counter.operation(), store, now: { start.addingTimeInterval(hours * 3_600) })
            let response = await send(application)
            #expect(try response.json["count"] == .number(Double(count)), "after \(hours) h")
        }
    }

    @Test func `do not keep a secret that is shown once`() async throws {
        let store = try SQLiteWorkspace.inMemory()
        let counter = Counter()
        let application = try await application(counter.operation(.keptWithoutBody), store)
        #expect(await send(application).status == .created)
        let again = await send(application)
        #expect(again.status == .conflict)
        #expect(try again.problem == "reply-not-kept")
        #expect(counter.count.withLock { $0 } == 1)
        var fixture = try await ServerFixture()
        fixture.identity = ServedIdentity(keys: APIKeys(store: store))
        let body = #"{"name": "bot", "scopes": ["search"], "principals": ["user:bot"]}"#
        let made = try await fixture.respond(
            .post, "/v1/keys", json: body, headers: HTTPFields.ada.keyed("secret"))
        #expect(made.status == .created)
        let repeated = try await fixture.respond(
            .post, "/v1/keys", json: body, headers: HTTPFields.ada.keyed("secret"))
        #expect(try repeated.problem == "reply-not-kept")
        #expect(!repeated.text.contains("mr_"))
    }

    @Test func `are all that may change something, but for streams and what only reads`() async throws {
        let fixture = try await ServerFixture()
        let without = try fixture.application().router.operations.filter {
            $0.method != .get && !$0.idempotency.keepsReplies
        }
        for operation in without {
            let isStream = operation.body?.streamLimitBytes != nil
            #expect(
                isStream && Self.replacing.contains(operation.id)
                    || Self.excluded.contains(String(operation.id.prefix { $0 != " " }))
                    || operation.access == .open
                    || operation.access == .signature, "\(operation.id)")
        }
        for operation in try fixture.application().router.operations where operation.idempotency.keepsReplies
        {
            #expect(operation.parameters.contains { $0.name == "Idempotency-Key" }, "\(operation.id)")
        }
    }

    /// What goes on where it ended: what has come is refused.
    private static let replacing: Set<String> = ["appendUpload"]

    /// What only reads or answers, whose kept response could outlive the right to it.
    private static let excluded: Set<String> = [
        "ask", "search", "runFlow", "openAIEmbeddings", "mcp", "checkFlow", "getPoints", "queryCollection",
        "scrollCollection", "countPoints", "langflowDownloadFlows", "testSource",
    ]
}
