import Concurrency
import Foundation
import TestSupport
import Testing
import Transport

@Suite(.timeLimit(.minutes(2))) struct `Failures of the HTTP client` {
    let faults: FaultServer
    let client: CurlHTTPClient

    init() throws {
        faults = try FaultServer.shared.get()
        client = try FaultServer.client()
    }

    private func failure(_ request: HTTPRequest, of client: CurlHTTPClient? = nil) async -> TransportError? {
        do throws(TransportError) {
            _ = try await (client ?? self.client).send(request)
            return nil
        } catch {
            return error
        }
    }

    @Test func `a server that says nothing is given up after the timeout`() async throws {
        let begin = ContinuousClock.now
        let error = await failure(faults.request("/slow-headers", timeout: .milliseconds(300)))
        #expect(ContinuousClock.now - begin >= .milliseconds(300))
        #expect(error == .timedOut(host: faults.authority, after: .milliseconds(300)))
    }

    @Test func `the timeout of a whole exchange holds though bytes keep coming`() async throws {
        let error = await failure(faults.request("/ticks?n=100&ms=50", timeout: .milliseconds(400)))
        #expect(error == .timedOut(host: faults.authority, after: .milliseconds(400)))
    }

    @Test func `a connection that breaks in the middle of a body is a retryable error`() async throws {
        let error = try #require(await failure(faults.request("/drop")))
        guard case .protocolError(let host, _) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(host == faults.authority)
        #expect(error.isRetryable)
        #expect(!error.happenedBeforeSending)
    }

    @Test func `what is not HTTP is a protocol error`() async throws {
        let error = try #require(await failure(faults.request("/not-http")))
        guard case .protocolError = error else {
            Issue.record("\(error)")
            return
        }
    }

    @Test func `a closed port and an unknown host are named`() async throws {
        let faults = try FaultServer()
        faults.server.close()
        try await Task.sleep(for: .milliseconds(300))
        let refused = try #require(await failure(faults.request("/echo")))
        guard case .couldNotConnect(let host, _) = refused else {
            Issue.record("\(refused)")
            return
        }
        #expect(host == faults.authority)
        #expect("\(refused)".contains(faults.authority))
        let unknown = await failure(HTTPRequest(url: "http://no-such-host.invalid/x?secret=1"))
        #expect(unknown == .couldNotResolve(host: "no-such-host.invalid"))
    }

    @Test(arguments: [
        "", "example.com", "file:///etc/passwd", "ftp://example.com/", "http://", "http:///x",
        "http://user:hunter2@example.com/", "http://example.com:0/", "http://example.com:70000/",
        "http://example.com/a b", "http://example.com/é", "http://example.com/\r\nX: y",
    ])
    func `a URL that must not be requested is refused without its password`(url: String) async throws {
        let error = try #require(await failure(HTTPRequest(url: url)))
        guard case .invalidURL = error else {
            Issue.record("\(error)")
            return
        }
        #expect(!"\(error)".contains("hunter2"))
    }

    @Test(arguments: [
        ("X-A", "1\r\nX-B: 2"), ("X-A", "1\u{0}"), ("X A", "1"), ("", "1"), ("X:A", "1"), ("X\nA", "1"),
    ])
    func `a header cannot smuggle in another`(name: String, value: String) async throws {
        var request = faults.request("/echo")
        request.headers = [(name, value)]
        let error = try #require(await failure(request))
        guard case .invalidRequest = error else {
            Issue.record("\(error)")
            return
        }
    }

    @Test func `cancelling the task ends its request`() async throws {
        let task = Task { await failure(faults.request("/slow-headers")) }
        try await Task.sleep(for: .milliseconds(100))
        task.cancel()
        #expect(await task.value == .cancelled)
        let before = Task { () -> TransportError? in
            withUnsafeCurrentTask { $0?.cancel() }
            return await failure(faults.request("/slow-headers"))
        }
        #expect(await before.value == .cancelled)
    }

    @Test func `closing the client ends what is under way and what comes later`() async throws {
        let closing = try FaultServer.client()
        let response = try await closing.stream(faults.request("/stall"))
        var pieces = response.body.makeAsyncIterator()
        #expect(try await pieces.next() == Data("one piece".utf8))
        closing.close()
        await #expect(throws: TransportError.clientClosed) { try await pieces.next() }
        #expect(await failure(faults.request("/echo"), of: closing) == .clientClosed)
    }

    @Test func `a stream is read to its end though nobody else holds the client`() async throws {
        var dying: CurlHTTPClient? = try FaultServer.client()
        let response = try await #require(dying).stream(faults.request("/ticks?n=5&ms=20"))
        dying = nil
        var text = Data()
        for try await piece in response.body { text += piece }
        #expect(text.count == 35)
    }

    @Test func `each error says what to do`() {
        let errors: [TransportError] = [
            .invalidURL(url: "x", reason: "r"), .invalidRequest(reason: "r"),
            .invalidConfiguration(reason: "r"),
            .couldNotResolve(host: "h"), .couldNotConnect(host: "h", reason: "r"),
            .timedOut(host: "h", after: .seconds(3)), .tls(host: "h", reason: "r"),
            .proxy(host: "h", reason: "r"), .responseTooLarge(host: "h", limitBytes: 5),
            .tooManyRedirects(host: "h", limit: 2), .protocolError(host: "h", reason: "r"), .cancelled,
            .clientClosed, .unreadableBody(reason: "r"), .addressRefused(host: "h", address: "a"),
        ]
        let retryable = errors.filter(\.isRetryable).map { "\($0)".prefix { $0 != " " } }
        #expect(retryable == ["No", "No", "h", "The", "The"])
        #expect(Set(errors.map(\.description)).count == errors.count)
    }
}
