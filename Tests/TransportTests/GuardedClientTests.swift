import Foundation
import TestSupport
import Testing
import Transport

@Suite(.timeLimit(.minutes(1))) struct `A client with guarded addresses` {
    let faults: FaultServer

    init() throws {
        faults = try FaultServer.shared.get()
    }

    /// Reaches loopback by IPv4 alone, and follows redirects.
    private func local() throws -> CurlHTTPClient {
        let loopback = try AddressRange("127.0.0.0/8")
        return try FaultServer.client {
            $0.addressGuard = AddressGuard(allowing: [loopback])
            $0.maxRedirects = 3
        }
    }

    private func failure(_ url: String, of client: CurlHTTPClient) async -> TransportError? {
        do throws(TransportError) {
            _ = try await client.send(HTTPRequest(url: url, timeout: .seconds(20)))
            return nil
        } catch {
            return error
        }
    }

    private func refusedAddress(_ error: TransportError?) -> String? {
        if case .addressRefused(_, let address)? = error { address } else { nil }
    }

    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1"), ("2130706433", "127.0.0.1"), ("0x7f000001", "127.0.0.1"),
        ("0177.0.0.1", "127.0.0.1"), ("127.1", "127.0.0.1"), ("%31%32%37.0.0.1", "127.0.0.1"),
        ("0.0.0.0", "0.0.0.0"), ("[::ffff:127.0.0.1]", "::ffff:127.0.0.1"), ("[::1]", "::1"), ("[::]", "::"),
        ("[64:ff9b::7f00:1]", "64:ff9b::7f00:1"), ("169.254.169.254", "169.254.169.254"),
    ])
    func `is refused a connection to loopback however its address is written`(
        host: String, address: String
    ) async throws {
        let client = try FaultServer.client { $0.addressGuard = AddressGuard() }
        let error = await failure("http://\(host):\(faults.server.port)/echo", of: client)
        #expect(refusedAddress(error) == address)
        #expect(error?.isRetryable == false)
        #expect(error.map { "\($0)".contains(address) } ?? false)
    }

    @Test(arguments: ["localhost", "LOCALHOST"])
    func `a name is judged by what it resolves to`(host: String) async throws {
        let client = try FaultServer.client { $0.addressGuard = AddressGuard() }
        let error = await failure("http://\(host):\(faults.server.port)/echo", of: client)
        let address = try #require(refusedAddress(error))
        #expect(["127.0.0.1", "::1"].contains(address))
        let response = try await local().send(
            HTTPRequest(url: "http://\(host):\(faults.server.port)/echo", timeout: .seconds(20)))
        #expect(response.head.status == 200)
    }

    @Test(arguments: ["localhost.", "127.0.0.1."])
    func `a dot at the end of a host opens no way`(host: String) async throws {
        let client = try FaultServer.client { $0.addressGuard = AddressGuard() }
        let error = await failure("http://\(host):\(faults.server.port)/echo", of: client)
        switch error {
        // Not every resolver knows the absolute form.
        case .addressRefused, .couldNotResolve: break
        default: Issue.record("\(String(describing: error))")
        }
    }

    @Test func `reaches what its ranges allow`() async throws {
        let client = try local()
        for host in ["127.0.0.1", "127.1", "[::ffff:127.0.0.1]"] {
            let response = try await client.send(
                HTTPRequest(url: "http://\(host):\(faults.server.port)/echo", timeout: .seconds(20)))
            #expect(response.head.status == 200, "\(host)")
        }
    }

    @Test(arguments: [
        "http://169.254.169.254/latest/meta-data/", "http://[::1]:PORT/echo", "http://0.0.0.0:PORT/echo",
        "http://10.0.0.1/", "http://[fd00:ec2::254]/",
    ])
    func `every hop of a redirect is judged`(target: String) async throws {
        let target = target.replacing("PORT", with: "\(faults.server.port)")
        let error = await failure("\(faults.server.url)/redirect?to=\(target)", of: try local())
        guard case .addressRefused(let host, let address)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        // The host that was redirected to, not the one that was asked.
        #expect(target.contains(host))
        #expect(host.contains(address))
    }

    @Test(arguments: ["file:///etc/passwd", "gopher://127.0.0.1/", "ftp://127.0.0.1/"])
    func `a redirect leads to http and https alone`(target: String) async throws {
        let error = await failure("\(faults.server.url)/redirect?to=\(target)", of: try local())
        guard case .invalidURL? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `a refusal closes nothing that is allowed`() async throws {
        let client = try local()
        #expect(refusedAddress(await failure("http://[::1]:\(faults.server.port)/echo", of: client)) == "::1")
        #expect(await failure("\(faults.server.url)/echo", of: client) == nil)
    }

    @Test func `what was let through before opens no way for the next request`() async throws {
        let client = try local()
        for _ in 0..<2 {
            #expect(await failure("\(faults.server.url)/echo", of: client) == nil)
            let error = await failure("http://[::1]:\(faults.server.port)/echo", of: client)
            #expect(refusedAddress(error) == "::1")
        }
    }

    @Test(arguments: [
        HTTPClientConfiguration.Proxy.environment, .url("http://user:hunter2@proxy.example:3128"),
    ])
    func `a proxy, which would connect in its stead, is refused`(proxy: HTTPClientConfiguration.Proxy) {
        let error = #expect(throws: TransportError.self) {
            try FaultServer.client {
                $0.addressGuard = AddressGuard()
                $0.proxy = proxy
            }
        }
        guard case .invalidConfiguration? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error.map { !"\($0)".contains("hunter2") } ?? false)
    }
}
