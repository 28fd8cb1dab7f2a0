import Foundation
import Models
import Synchronization
import TestSupport
import Testing
import Transport

@Suite(.timeLimit(.minutes(2))) struct `An endpoint of OpenAI's interface` {
    private let server: OpenAIServer

    init() throws {
        server = try OpenAIServer()
    }

    private func embedder(_ endpoint: OpenAIEndpoint) throws -> OpenAIEmbedder {
        try OpenAIEmbedder(endpoint, .init(model: "m", dimension: 384))
    }

    private func ask(_ endpoint: OpenAIEndpoint) async throws {
        try await OpenAIGenerator(endpoint, .init(model: "m")).generate(
            GenerationRequest(messages: [Message(.user, "Hi.")])
        ).collected()
    }

    // MARK: Retries

    @Test(arguments: ["rate-limit", "500", "503", "html", "reset"])
    func `sends what may succeed later again, until it does`(fault: String) async throws {
        let clock = ManualClock()
        let endpoint = try server.endpoint(policy: OpenAIEndpoint.retries, clock: clock)
        try await server.fail(fault, fault, fault)
        #expect(try await embedder(endpoint).embed(["a"], purpose: .query).count == 1)
        #expect(clock.sleeps.count == 3)
        try await server.fail(fault)
        // On a connection of its own: what breaks on a used one is sent again below the endpoint.
        try await ask(server.endpoint(policy: OpenAIEndpoint.retries, clock: clock))
        #expect(clock.sleeps.count == 4)
        #expect(try await server.requests().count == 6)
    }

    @Test(arguments: ["rate-limit", "500", "503", "html", "reset"])
    func `gives up after four attempts, with the reason`(fault: String) async throws {
        let endpoint = try server.endpoint(policy: OpenAIEndpoint.retries)
        try await server.fail(fault, fault, fault, fault)
        let error = await #expect(throws: OpenAIError.self) {
            try await embedder(endpoint).embed(["a"], purpose: .query)
        }
        #expect(error?.isRetryable == true)
        #expect(try await server.requests().count == 4)
    }

    @Test(arguments: ["quota", "context", "missing", "denied"], [false, true])
    func `never sends again what waiting does not mend`(fault: String, streamed: Bool) async throws {
        let endpoint = try server.endpoint(policy: OpenAIEndpoint.retries)
        try await server.fail(fault)
        let error = await #expect(throws: OpenAIError.self) {
            if streamed {
                try await ask(endpoint)
            } else {
                _ = try await embedder(endpoint).embed(["a"], purpose: .query)
            }
        }
        #expect(error?.isRetryable == false)
        #expect(try await server.requests().count == 1)
    }

    @Test func `waits as long as Retry-After asks, and not beyond a minute`() async throws {
        let clock = ManualClock()
        try await server.fail("rate-limit")
        _ = try await embedder(server.endpoint(policy: OpenAIEndpoint.retries, clock: clock)).embed(
            ["a"], purpose: .query)
        #expect(clock.sleeps.count == 1)
        #expect(clock.sleeps.allSatisfy { $0 >= .seconds(1) })
        let replay = try OpenAIReplay(
            "embeddings", [.init("", status: 429, headers: [("Retry-After", "61")])], attempts: 4,
            clock: clock)
        await #expect(throws: OpenAIError.self) {
            try await embedder(replay.endpoint).embed(["a"], purpose: .query)
        }
        #expect(replay.client.requests.count == 1)
        #expect(clock.sleeps.count == 1)
    }

    @Test(arguments: [(503, "false", 1), (409, "true", 2), (409, nil, 1), (408, nil, 2)])
    func `goes by the server's own word on retries`(status: Int, word: String?, attempts: Int) async throws {
        let refusal = OpenAIReplay.Answer(
            "{}", status: status, headers: word.map { [("x-should-retry", $0)] } ?? [])
        let replay = try OpenAIReplay("embeddings", [refusal, refusal], attempts: 2)
        await #expect(throws: OpenAIError.self) {
            try await embedder(replay.endpoint).embed(["a"], purpose: .query)
        }
        #expect(replay.client.requests.count == attempts)
    }

    // MARK: No hang

    @Test(arguments: ["slow", "stall"], [false, true])
    func `ends a call whose server falls silent, with its time limit`(fault: String, streamed: Bool)
        async throws
    {
        let endpoint = try server.endpoint(timeout: .milliseconds(300))
        try await server.fail(fault)
        let error = await #expect(throws: OpenAIError.self) {
            if streamed {
                try await ask(endpoint)
            } else {
                _ = try await embedder(endpoint).embed(["a"], purpose: .query)
            }
        }
        guard case .transport(.timedOut(_, after: .milliseconds(300)), _, let model) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(model == "m")
    }

    @Test func `ends a call whose task is cancelled`() async throws {
        try await server.fail("slow")
        let embedder = try embedder(server.endpoint())
        let task = Task { try await embedder.embed(["a"], purpose: .query) }
        while try await server.requests().isEmpty { await Task.yield() }
        task.cancel()
        let result = await task.result
        #expect(throws: OpenAIError.transport(.cancelled, operation: "embeddings", model: "m")) {
            try result.get()
        }
    }

    // MARK: Where and with what

    @Test(arguments: [
        ("https://a.example/v1", "https://a.example/v1/embeddings"),
        ("https://a.example/v1/", "https://a.example/v1/embeddings"),
        ("https://a.example", "https://a.example/embeddings"),
        ("https://a.example//", "https://a.example/embeddings"),
        ("http://[::1]:8080/openai/v1beta", "http://[::1]:8080/openai/v1beta/embeddings"),
        ("https://a.example/openai/d?api-version=1", "https://a.example/openai/d/embeddings?api-version=1"),
        ("https://a.example/a%20b#top", "https://a.example/a%20b/embeddings"),
    ])
    func `takes the base URL as it is given`(base: String, expected: String) async throws {
        let replay = ReplayHTTPClient([])
        let endpoint = OpenAIEndpoint(try #require(URL(string: base)), http: replay)
        await #expect(throws: OpenAIError.self) { try await embedder(endpoint).embed(["a"], purpose: .query) }
        #expect(replay.requests.map(\.url) == [expected])
    }

    @Test(arguments: ["http://user:secret@a.example/v1", "ftp://a.example/v1", "/v1"])
    func `refuses a base URL that cannot be asked, without showing a password`(base: String) async throws {
        let endpoint = try server.endpoint(URL(string: base))
        let error = await #expect(throws: OpenAIError.self) {
            try await embedder(endpoint).embed(["a"], purpose: .query)
        }
        guard case .transport(.invalidURL, _, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error.map { "\($0)".contains("secret") } == false)
    }

    @Test func `sends the key as the server wants it, and the headers given`() async throws {
        _ = try await embedder(server.endpoint()).embed(["a"], purpose: .query)
        let seen = try #require(try await server.requests().first)
        #expect(seen.headers["authorization"] == "Bearer \(server.key)")
        #expect(seen.headers["content-type"] == "application/json")
        let replay = ReplayHTTPClient([])
        let base = try #require(URL(string: "https://a.example"))
        let azure = OpenAIEndpoint(
            base, http: replay, key: { "k" }, keyHeader: "api-key", headers: [("X-Tenant", "t")])
        let open = OpenAIEndpoint(base, http: replay, key: { "" })
        for endpoint in [azure, open] {
            await #expect(throws: OpenAIError.self) {
                try await embedder(endpoint).embed(["a"], purpose: .query)
            }
        }
        let sent = replay.requests.map { request in request.headers.map { "\($0.name): \($0.value)" } }
        #expect(sent.first?.suffix(2) == ["api-key: k", "X-Tenant: t"])
        #expect(sent.last == ["Content-Type: application/json", "Accept: application/json"])
    }

    @Test func `asks for the key at each call, and once more where it is refused`() async throws {
        let given = Mutex(["sk-old", server.key, "sk-old", "sk-old"])
        let endpoint = try server.endpoint(key: { given.withLock { $0.removeFirst() } })
        #expect(try await embedder(endpoint).embed(["a"], purpose: .query).count == 1)
        #expect(given.withLock { $0.count } == 2)
        let error = await #expect(throws: OpenAIError.self) { try await ask(endpoint) }
        guard case .unauthorized(let details) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(details.code == "invalid_api_key")
        #expect(given.withLock { $0.isEmpty })
    }

    @Test func `tells a missing key, and one that cannot be got`() async throws {
        let none = await #expect(throws: OpenAIError.self) { try await ask(server.endpoint(key: { nil })) }
        guard case .unauthorized = none else {
            Issue.record("\(String(describing: none))")
            return
        }
        let lost = try server.endpoint(key: { throw TransportError.couldNotResolve(host: "vault.example") })
        let error = await #expect(throws: OpenAIError.self) { try await ask(lost) }
        guard case .noKey(let details, isRetryable: true) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(details.message.contains("vault.example"))
        #expect(error?.isRetryable == true)
        let cancelled = try server.endpoint(key: { throw CancellationError() })
        await #expect(throws: OpenAIError.transport(.cancelled, operation: "chat/completions", model: "m")) {
            try await ask(cancelled)
        }
        #expect(try await server.requests().isEmpty)
    }

    @Test func `tells a server that is not there, and a path that it does not have`() async throws {
        let closed = try server.endpoint(URL(string: "http://127.0.0.1:1/v1"))
        let error = await #expect(throws: OpenAIError.self) { try await ask(closed) }
        guard case .transport(.couldNotConnect, _, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        let lost = await #expect(throws: OpenAIError.self) { try await ask(server.endpoint(server.root)) }
        guard case .pathNotFound = lost else {
            Issue.record("\(String(describing: lost))")
            return
        }
        #expect(lost.map { "\($0)".contains("/v1") } == true)
    }

    /// Every failure that the double has, one after the other.
    @Test(arguments: [
        "rate-limit", "quota", "context", "missing", "denied", "500", "503", "html", "not-json", "slow",
        "stall",
        "cut", "reset", "midway",
    ])
    func `answers each failure with an error that says what to do, never with the key`(fault: String)
        async throws
    {
        let calls: [@Sendable (OpenAIEndpoint) async throws -> Void] = [
            { try await ask($0) }, { _ = try await embedder($0).embed(["a"], purpose: .passage) },
            { _ = try await OpenAIReranker($0, .init(model: "m")).scores("q", ["a"]) },
        ]
        // Only streams have a middle.
        for call in fault == "midway" ? calls.prefix(1) : calls[...] {
            let endpoint = try server.endpoint(timeout: .milliseconds(300))
            try await server.fail(fault)
            let error = try #require(await #expect(throws: OpenAIError.self) { try await call(endpoint) })
            #expect(!error.everything.contains(server.key))
            #expect("\(error)".hasSuffix(".") || "\(error)".hasSuffix(")"))
        }
    }
}
