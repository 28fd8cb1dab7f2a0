import Concurrency
import Foundation
import TestSupport
import Testing
import Transport

@Suite(.timeLimit(.minutes(2))) struct `The HTTP client over libcurl` {
    let faults: FaultServer
    let client: CurlHTTPClient

    init() throws {
        faults = try FaultServer.shared.get()
        client = try FaultServer.client()
    }

    @Test(arguments: ["GET", "POST", "PUT", "DELETE", "PATCH"])
    func `the method, the encoded path and the body reach the server unchanged`(method: String) async throws {
        var request = faults.request("/echo/a%3A0/%2Fx//y/../z?b=2&a=%C3%A9&flag")
        request.method = method
        request.body = method == "GET" ? .none : .data(Data([0, 1, 2, 255]))
        let echo = try Echo(try await client.send(request))
        #expect(echo.method == method)
        #expect(echo.target == "/echo/a%3A0/%2Fx//y/../z?b=2&a=%C3%A9&flag")
        #expect(echo.body == (method == "GET" ? "" : "\u{0}\u{1}\u{2}\u{FF}"))
    }

    @Test func `a POST without a body and without a content type has neither`() async throws {
        var request = faults.request("/echo")
        request.method = "POST"
        let echo = try Echo(try await client.send(request))
        #expect(echo.values("content-length") == ["0"])
        #expect(echo.values("content-type") == [])
        #expect(echo.values("expect") == [])
    }

    @Test func `repeated and empty headers are sent as given`() async throws {
        var request = faults.request("/echo")
        request.headers = [("X-A", "1"), ("X-A", "2"), ("X-Empty", ""), ("X-Name", "Zoë")]
        let echo = try Echo(try await client.send(request))
        #expect(echo.values("x-a") == ["1", "2"])
        #expect(echo.values("x-empty") == [""])
    }

    @Test func `a HEAD request ends although the promised body never comes`() async throws {
        var request = faults.request("/status/200")
        request.method = "HEAD"
        let response = try await client.send(request)
        #expect(response.head["content-length"] == "8")
        #expect(response.body.isEmpty)
    }

    @Test(arguments: [200, 204, 301, 400, 401, 404, 429, 500, 503])
    func `any status is a response`(status: Int) async throws {
        let response = try await client.send(faults.request("/status/\(status)"))
        #expect(response.head.status == status)
    }

    @Test func `a redirect is not followed unless asked for`() async throws {
        let target = "/redirect?to=/echo"
        #expect(try await client.send(faults.request(target)).head.status == 302)
        let follower = try FaultServer.client { $0.maxRedirects = 3 }
        let response = try await follower.send(faults.request(target))
        #expect(response.head.status == 200)
        #expect(try Echo(response).target == "/echo")
        let loop = faults.request("/loop")
        await #expect(throws: TransportError.tooManyRedirects(host: faults.authority, limit: 3)) {
            try await follower.send(loop)
        }
    }

    @Test func `a redirect to a file is refused`() async throws {
        let follower = try FaultServer.client { $0.maxRedirects = 3 }
        let request = faults.request("/redirect?to=file:///etc/passwd")
        await #expect(throws: TransportError.self) { try await follower.send(request) }
    }

    @Test func `gzip is undone, and its result counts against the limit`() async throws {
        let response = try await client.send(faults.request("/gzip?n=100000"))
        #expect(response.body == Data(count: 100_000))
        let strict = try FaultServer.client { $0.maxResponseBytes = 99_999 }
        let request = faults.request("/gzip?n=100000")
        await #expect(throws: TransportError.responseTooLarge(host: faults.authority, limitBytes: 99_999)) {
            try await strict.send(request)
        }
    }

    @Test func `a body of exactly the limit is accepted`() async throws {
        let strict = try FaultServer.client { $0.maxResponseBytes = 70_000 }
        #expect(try await strict.send(faults.request("/huge?n=70000")).body.count == 70_000)
        let larger = faults.request("/huge?n=70001")
        await #expect(throws: TransportError.responseTooLarge(host: faults.authority, limitBytes: 70_000)) {
            try await strict.send(larger)
        }
    }

    @Test func `a body that is announced as larger than the limit is not waited for`() async throws {
        let strict = try FaultServer.client { $0.maxResponseBytes = 999 }
        // Only half of what is announced comes.
        let request = faults.request("/drop")
        await #expect(throws: TransportError.responseTooLarge(host: faults.authority, limitBytes: 999)) {
            try await strict.send(request)
        }
        // Where none follows it says nothing.
        let tiny = try FaultServer.client { $0.maxResponseBytes = 5 }
        var head = faults.request("/status/200")
        head.method = "HEAD"
        #expect(try await tiny.send(head).head["content-length"] == "8")
    }

    @Test func `many headers are read, headers without end are refused`() async throws {
        let response = try await client.send(faults.request("/many-headers?n=90"))
        #expect(response.head["x-89"]?.count == 1000)
        let request = faults.request("/many-headers?n=280")
        await #expect(throws: TransportError.responseTooLarge(host: faults.authority, limitBytes: 256 << 10))
        {
            try await client.send(request)
        }
    }

    @Test func `interim responses and trailers are not taken for the response`() async throws {
        let response = try await client.send(faults.request("/interim"))
        #expect(response.head.status == 200)
        #expect(response.head["x-final"] == "yes")
        #expect(response.head["link"] == nil)
        let trailed = try await client.send(faults.request("/trailers"))
        #expect(trailed.body == Data("body".utf8))
        #expect(trailed.head["x-trailer"] == nil)
    }

    @Test func `connections are used again`() async throws {
        var numbers: Set<String> = []
        for _ in 0..<5 {
            let response = try await client.send(faults.request("/connection"))
            numbers.insert(String(decoding: response.body, as: UTF8.self))
        }
        #expect(numbers.count == 1)
    }

    @Test func `many requests run at once, over no more connections than allowed`() async throws {
        let faults = try FaultServer()
        let bounded = try FaultServer.client { $0.maxConnectionsPerHost = 4 }
        let begin = ContinuousClock.now
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<40 {
                group.addTask {
                    try await bounded.send(faults.request("/connection?ms=50")).head.status
                }
            }
            for try await status in group { #expect(status == 200) }
        }
        let elapsed = ContinuousClock.now - begin
        #expect(elapsed >= .milliseconds(490), "40 requests of 50 ms over 4 connections took \(elapsed)")
        let counts = try await bounded.send(faults.request("/open")).body
        let most = try JSONDecoder().decode([String: Int].self, from: counts)["most"]
        #expect(try #require(most) <= 4)
    }
}
