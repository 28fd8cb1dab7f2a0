import Foundation
import TestSupport
import Testing
import Transport

@Suite(.timeLimit(.minutes(2))) struct `TLS and proxies` {
    let folder: TemporaryDirectory
    let faults: FaultServer

    init() throws {
        folder = try TemporaryDirectory()
        faults = try FaultServer(arguments: ["--tls", folder.url.path])
    }

    private func get(
        _ url: String, _ change: (inout HTTPClientConfiguration) -> Void
    ) async throws(TransportError) -> HTTPResponse {
        let client = try CurlHTTPClient(configuration: FaultServer.configuration(change))
        return try await client.send(HTTPRequest(url: url, timeout: .seconds(20)))
    }

    private var url: String { "https://127.0.0.1:\(faults.server.port)/echo" }

    @Test func `an unknown authority is refused, and accepted once it is named`() async throws {
        do throws(TransportError) {
            _ = try await get(url) { _ in }
            Issue.record("a self-signed certificate was accepted")
        } catch {
            guard case .tls(let host, _) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(host == faults.authority)
            #expect(!error.isRetryable)
        }
        let response = try await get(url) { $0.tls.authoritiesFile = folder.path("cert.pem") }
        #expect(response.head.status == 200)
    }

    @Test func `a certificate for another name is refused`() async throws {
        let other = "https://localhost:\(faults.server.port)/echo"
        await #expect(throws: TransportError.self) {
            try await get(other) { $0.tls.authoritiesFile = folder.path("cert.pem") }
        }
    }

    @Test func `a client certificate is shown to the server that asks for one`() async throws {
        let strict = try FaultServer(
            arguments: ["--tls", folder.url.path, "--client-ca", folder.path("cert.pem")])
        let url = "https://127.0.0.1:\(strict.server.port)/echo"
        await #expect(throws: TransportError.self) {
            try await get(url) { $0.tls.authoritiesFile = folder.path("cert.pem") }
        }
        let response = try await get(url) {
            $0.tls.authoritiesFile = folder.path("cert.pem")
            $0.tls.certificateFile = folder.path("cert.pem")
            $0.tls.keyFile = folder.path("key.pem")
        }
        #expect(response.head.status == 200)
    }

    @Test func `a TLS file that is absent is named`() async throws {
        let expected = TransportError.invalidConfiguration(
            reason: "the TLS file /nowhere/ca.pem is absent or unreadable")
        await #expect(throws: expected) { try await get(url) { $0.tls.authoritiesFile = "/nowhere/ca.pem" } }
    }

    @Test func `plain HTTP goes through the proxy as an absolute URL`() async throws {
        let proxy = try FaultServer.shared.get()
        let response = try await get("http://wiki.example/page?x=1") {
            $0.proxy = .url("http://user:hunter2@127.0.0.1:\(proxy.server.port)")
        }
        let echo = try Echo(response)
        #expect(echo.target == "http://wiki.example/page?x=1")
        #expect(
            echo.values("proxy-authorization") == ["Basic " + Data("user:hunter2".utf8).base64EncodedString()]
        )
    }

    @Test(arguments: ["http://user:hunter2@127.0.0.1:99999", "htp://user:hunter2@127.0.0.1:80"])
    func `an address of a proxy that is not understood is told without its password`(
        address: String
    ) async throws {
        do throws(TransportError) {
            _ = try await get(url) { $0.proxy = .url(address) }
            Issue.record("the request went past the proxy")
        } catch {
            #expect(!"\(error)".contains("hunter2"), "\(error)")
        }
    }

    @Test func `a proxy that refuses or is absent is a proxy error without its password`() async throws {
        let proxy = try FaultServer.shared.get()
        for port in [proxy.server.port, 1] {
            do throws(TransportError) {
                _ = try await get(url) { $0.proxy = .url("http://user:hunter2@127.0.0.1:\(port)") }
                Issue.record("the request went past the proxy")
            } catch {
                guard case .proxy = error else {
                    Issue.record("\(error)")
                    continue
                }
                #expect(!"\(error)".contains("hunter2"))
                #expect("\(error)".contains("http://127.0.0.1:\(port)"), "which proxy? \(error)")
            }
        }
    }
}
