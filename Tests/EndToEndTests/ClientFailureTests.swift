import Foundation
import Synchronization
import Testing

@testable import MillraceClient

private typealias Reply = ClientScriptedServer.Reply

/// What the client does when a server refuses, fails, or goes away.
@Suite(.timeLimit(.minutes(1))) struct `A client whose request fails` {
    private static let status = Reply.response(
        200,
        #"""
        {"name":"Millrace","version":"9","documents":1,"chunks":2,"spaces":[],"synced_at":null,"model":"m",
         "generator":"g","examples":[],"field_of_a_later_version":{"a":1}}
        """#)
    private static let run = Reply.response(
        202,
        #"""
        {"id":"r1","flow":"f","version":1,"session":"s","state":"queued","priority":0,"attempts":0,
         "created_at":"2026-11-20T08:00:00.25Z","started_at":null,"ended_at":null,"result":null,
         "failure":null,"cancel_requested":false}
        """#)

    private func client(
        _ server: ClientScriptedServer, _ authorization: Authorization = .none, attempts: Int = 3
    ) -> MillraceClient {
        MillraceClient(
            baseURL: server.url, authorization: authorization,
            configuration: ClientConfiguration(
                retries: RetryPolicy(attempts: attempts, firstDelay: .milliseconds(1))))
    }

    private func failure(_ work: () async throws -> some Any) async throws -> MillraceError {
        try await #require(throws: MillraceError.self) { _ = try await work() }
    }

    // MARK: Sending again

    @Test(arguments: [(429, "rate-limited"), (503, "busy")])
    func `waits as the server says and sends even a search again`(status: Int, name: String) async throws {
        let server = try ClientScriptedServer(
            .problem(status, name, ["Retry-After: 0"]), .problem(422, "empty-question"))
        let error = try await failure { try await client(server).search("x") }
        #expect(error.problem?.kind == .emptyQuestion)
        #expect(server.lines == ["POST /v1/search", "POST /v1/search"])
    }

    @Test func `does not wait for longer than it is allowed to`() async throws {
        let server = try ClientScriptedServer(.problem(503, "busy", ["Retry-After: 3600"]))
        let error = try await failure { try await client(server).status() }
        #expect(error.problem?.kind == .busy)
        #expect(error.problem?.retryAfter == .seconds(3600))
        #expect(server.lines.count == 1)
    }

    @Test func `asks again after a lost connection where that does no harm`() async throws {
        let server = try ClientScriptedServer(
            .none, .response(502, "<p>", ["Content-Type: text/html"]), Self.status)
        #expect(try await client(server).status().version == "9")
        #expect(server.lines.count == 3)
    }

    @Test func `gives up after its last attempt`() async throws {
        let server = try ClientScriptedServer(.none, .none, .none, Self.status)
        guard case .connection(let lost) = try await failure({ try await client(server).status() }) else {
            Issue.record("no lost connection")
            return
        }
        #expect(!lost.failedBeforeSending)
        #expect(server.lines.count == 3)
    }

    @Test func `sends a question once when nobody knows what became of it`() async throws {
        let server = try ClientScriptedServer(.none, .none)
        guard case .connection = try await failure({ try await client(server).ask("x") }) else {
            Issue.record("no lost connection")
            return
        }
        #expect(server.lines == ["POST /v1/ask"])
    }

    @Test func `sends an asynchronous run again under the same key`() async throws {
        let server = try ClientScriptedServer(.none, Self.run)
        let run = try await client(server).submit(RunRequest(flow: "f", input: "x"), idempotencyKey: "key-1")
        #expect(run.state == .queued)
        #expect(server.requests.count == 2)
        #expect(server.requests.allSatisfy { $0.lowercased().contains("idempotency-key: key-1") })
        #expect(server.requests[0].hasSuffix(#"{"async":true,"flow":"f","input":"x"}"#), "\(server.requests)")
    }

    @Test func `takes for deleted what is gone after a lost connection`() async throws {
        let server = try ClientScriptedServer(.none, .problem(404, "no-such-conversation"))
        try await client(server).deleteConversation(flow: "f", session: "a/b ä")
        #expect(server.lines[0] == "DELETE /v1/conversations/f/a%2Fb%20%C3%A4")
        let other = try ClientScriptedServer(.problem(404, "no-such-conversation"))
        let error = try await failure {
            try await client(other).deleteConversation(flow: "f", session: "s")
        }
        #expect(error.problem?.kind == .noSuchConversation)
    }

    @Test func `says that a server that is not there was never asked`() async throws {
        let server = try ClientScriptedServer()
        let client = MillraceClient(
            baseURL: try #require(URL(string: "http://127.0.0.1:1")),
            configuration: ClientConfiguration(retries: .never))
        guard case .connection(let failed) = try await failure({ try await client.ask("x") }) else {
            Issue.record("no failed connection")
            return
        }
        #expect(failed.failedBeforeSending, "\(failed)")
        #expect(server.lines.isEmpty)
    }

    // MARK: Who asks

    @Test func `fetches another token once when one is refused`() async throws {
        let server = try ClientScriptedServer(
            .problem(401, "unauthenticated"), Self.status, .problem(401, "unauthenticated"),
            .problem(401, "unauthenticated"))
        let asked = Mutex(0)
        let client = client(
            server,
            .bearer {
                asked.withLock { count in
                    count += 1
                    return "token-\(count)"
                }
            })
        _ = try await client.status()
        let error = try await failure { try await client.status() }
        #expect(error.problem?.kind == .unauthenticated)
        let tokens = server.requests.map { request in
            request.firstMatch(of: /Authorization: Bearer (\S+)/).map { String($0.1) }
        }
        #expect(tokens == ["token-1", "token-2", "token-2", "token-3"])
    }

    @Test func `sends its key, and to nobody whom the server points at`() async throws {
        let other = try ClientScriptedServer(Self.status)
        let server = try ClientScriptedServer(
            .response(302, "", ["Location: \(other.url)/v1/status"]))
        let error = try await failure { try await client(server, .apiKey("secret-1")).status() }
        guard case .unexpectedResponse(status: 302, _) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(server.requests[0].lowercased().contains("x-api-key: secret-1"))
        #expect(other.requests.isEmpty)
    }

    @Test func `tells when there is no token`() async throws {
        struct SignedOut: Error {}
        let server = try ClientScriptedServer(Self.status)
        let error = try await failure { try await client(server, .bearer { throw SignedOut() }).status() }
        guard case .authorization(let cause) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(cause is SignedOut)
        #expect(server.requests.isEmpty)
    }

    // MARK: What it is told

    @Test func `has the whole problem`() async throws {
        let server = try ClientScriptedServer(
            .problem(422, "invalid-field", more: #","field":"top_k","limit":50,"faults":["a"],"later":1"#))
        let problem = try #require(try await failure { try await client(server).ask("x") }.problem)
        #expect(problem.kind == .invalidField && problem.status == 422)
        #expect(problem.title == "T" && problem.detail == "D" && problem.field == "top_k")
        #expect(problem.limit == 50 && problem.faults == ["a"] && problem.requestID == "r-1")
    }

    @Test func `names the field that cannot be read`() async throws {
        let server = try ClientScriptedServer(
            .response(200, #"{"runs":[{"id":"r1","flow":7}],"next":null}"#))
        guard case .decoding(let failure) = try await failure({ try await client(server).storedRuns() })
        else {
            Issue.record("it was read")
            return
        }
        #expect(failure.field == "runs.0.flow")
        #expect(failure.place == "GET /v1/runs")
    }

    @Test func `refuses an address that cannot be one`() async throws {
        let server = try ClientScriptedServer()
        let client = client(server)
        for session in ["", ".", ".."] {
            guard
                case .invalidRequest = try await failure({
                    try await client.messages(flow: "f", session: session)
                })
            else {
                Issue.record("“\(session)” was sent")
                return
            }
        }
        let nowhere = MillraceClient(baseURL: URL(fileURLWithPath: "/tmp"))
        guard case .invalidRequest = try await failure({ try await nowhere.status() }) else {
            Issue.record("it was sent")
            return
        }
        #expect(server.requests.isEmpty)
    }
}
