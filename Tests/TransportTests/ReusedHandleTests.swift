import Concurrency
import Foundation
import TestSupport
import Testing
import Transport

@Suite(.timeLimit(.minutes(2))) struct `A client of many requests` {
    let faults: FaultServer
    let client: CurlHTTPClient

    init() throws {
        faults = try FaultServer.shared.get()
        client = try FaultServer.client()
    }

    private func echo(
        _ method: String, headers: [(name: String, value: String)] = [], body: HTTPBody = .none
    ) async throws -> Echo {
        var request = faults.request("/echo")
        request.method = method
        request.headers = headers
        request.body = body
        return try Echo(try await client.send(request))
    }

    @Test func `leaves nothing of one request to the next`() async throws {
        func expectBare(_ echo: Echo, _ method: String, after before: String) {
            #expect(echo.method == method, "after \(before)")
            #expect(echo.body.isEmpty, "after \(before)")
            #expect(echo.values("x-secret").isEmpty, "after \(before)")
            #expect(echo.values("content-type").isEmpty, "after \(before)")
            #expect(echo.values("content-length").isEmpty, "after \(before)")
            #expect(echo.values("accept-encoding") == ["gzip"], "after \(before)")
        }
        let secret = [("X-Secret", "s"), ("Content-Type", "text/plain"), ("Accept-Encoding", "identity")]
        for method in ["POST", "PUT", "DELETE", "PATCH"] {
            let full = try await echo(method, headers: secret, body: .data(Data("body".utf8)))
            #expect(full.method == method)
            #expect(full.body == "body")
            #expect(full.values("accept-encoding") == ["identity"])
            expectBare(try await echo("GET"), "GET", after: "\(method) with a body")
            expectBare(try await echo("DELETE"), "DELETE", after: "GET")
        }
        let large = try await echo("PUT", body: .data(Data(count: 2 << 20)))
        #expect(large.values("content-length") == ["\(2 << 20)"])
        expectBare(try await echo("GET"), "GET", after: "a large body")
        var head = faults.request("/status/200")
        head.method = "HEAD"
        #expect(try await client.send(head).body.isEmpty)
        expectBare(try await echo("GET"), "GET", after: "HEAD")
        #expect(try await client.send(faults.request("/status/200")).body.count == 8)
        #expect(try await client.send(faults.request("/cookie")).head["set-cookie"] == "name=value")
        #expect(try await echo("GET").values("cookie").isEmpty)
    }

    @Test func `gives one host's key to no other, whomever it asked before`() async throws {
        let client = try FaultServer.client { $0.maxRedirects = 3 }
        func keys(_ url: String) async throws -> [String] {
            let request = HTTPRequest(url: url, headers: [("Authorization", "key")], timeout: .seconds(20))
            return try Echo(try await client.send(request)).values("authorization")
        }
        let other = "http://localhost:\(faults.server.port)/echo"
        for _ in 0..<2 {
            #expect(try await keys(other) == ["key"])
            #expect(try await keys("\(faults.server.url)/redirect?to=\(other)").isEmpty)
            #expect(try await keys("\(faults.server.url)/echo") == ["key"])
        }
    }

    @Test func `serves others after a stream that nobody read to its end`() async throws {
        for _ in 0..<3 {
            for try await piece in try await client.stream(faults.request("/huge?n=8388608")).body {
                #expect(!piece.isEmpty)
                break
            }
            let next = try await echo("POST", body: .data(Data("body".utf8)))
            #expect(next.method == "POST" && next.body == "body")
        }
    }

    @Test func `tells the failure of each request in its own words`() async throws {
        let nowhere = HTTPRequest(url: "http://127.0.0.1:1/", timeout: .seconds(10))
        for _ in 0..<3 {
            await #expect(throws: TransportError.self) { try await client.send(nowhere) }
            #expect(try await client.send(faults.request("/status/200")).head.status == 200)
        }
    }

    @Test func `answers every one of many callers, and those who give up disturb nobody`() async throws {
        let answered = try await withThrowingTaskGroup(of: Int.self) { group in
            for caller in 0..<48 {
                group.addTask {
                    var count = 0
                    for _ in 0..<20
                    where try await client.send(faults.request("/status/200")).head.status == 200 {
                        count += 1
                    }
                    return count
                }
                guard caller.isMultiple(of: 3) else { continue }
                group.addTask {
                    let given = Task { try await client.send(faults.request("/slow-headers")) }
                    await Task.yield()
                    given.cancel()
                    await #expect(throws: TransportError.cancelled) { try await given.value }
                    return 0
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(answered == 48 * 20)
    }

    @Test func `ends each request when it is closed among many callers`() async throws {
        for _ in 0..<20 {
            let client = try FaultServer.client()
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<16 {
                    group.addTask {
                        await #expect(throws: TransportError.clientClosed) {
                            while true { _ = try await client.send(faults.request("/status/200")) }
                        }
                    }
                }
                await Task.yield()
                client.close()
            }
        }
    }
}
