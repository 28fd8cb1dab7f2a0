import Foundation
import Logging
import TestSupport
import Testing

@testable import Server

@Suite(.serialized, .timeLimit(.minutes(3))) struct `A server with a certificate` {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    private func server(_ files: ServerConfiguration.TLSFiles) -> OperationServer {
        SocketOperations().server {
            $0.tls = files
            $0.allowedHosts = ["millrace.test"]
            $0.headerTimeout = .seconds(2)
        }
    }

    @Test func `speaks HTTPS, and tells browsers to stay with it unless the name is this machine's`()
        async throws
    {
        let pair = try await CertificatePair("first", in: folder)
        try await server(pair.files).run { port in
            let (status, text) = try await pair.ask(port, as: "millrace.test", "--http1.1")
            #expect(status == 0, "\(text)")
            #expect(text.hasPrefix("http/1.1 200"))
            #expect(text.contains("strict-transport-security: max-age=31536000"))
            let (_, local) = try await pair.ask(port, as: "localhost", "--http1.1")
            #expect(local.hasPrefix("http/1.1 200"))
            #expect(!local.contains("strict-transport-security"))
            let (_, old) = try await pair.ask(port, as: "localhost", "--tls-max", "1.2", "--http1.1")
            #expect(old.hasPrefix("http/1.1 200"))
        }
    }

    @Test func `speaks no version before TLS 1.2`() async throws {
        let pair = try await CertificatePair("first", in: folder)
        try await server(pair.files).run { port in
            let refused = try await output(of: [
                "openssl", "s_client", "-connect", "127.0.0.1:\(port)", "-tls1_1", "-cipher",
                "DEFAULT@SECLEVEL=0",
            ])
            #expect(refused.status != 0)
        }
    }

    @Test func `takes a new pair without a restart, and keeps the old one when the new one is broken`()
        async throws
    {
        let served = try await CertificatePair("served", in: folder)
        let first = try await CertificatePair("first", in: folder)
        let second = try await CertificatePair("second", in: folder)
        try first.replace(served)
        let server = server(served.files)
        try await server.run { [log = server.log, folder] port in
            #expect(try await first.ask(port).0 == 0)
            #expect(try await second.ask(port).0 != 0)
            try second.replace(served)
            #expect(await eventually { log.lines.contains { $0.message.contains("read anew") } })
            #expect(try await second.ask(port).0 == 0)
            #expect(try await first.ask(port).0 != 0)
            try folder.write("nonsense", to: "served.pem")
            #expect(
                await eventually {
                    log.lines.contains {
                        $0.level == .error && "\($0.metadata)".contains("holds no certificate")
                    }
                })
            #expect(try await second.ask(port).0 == 0)
        }
    }

    @Test func `does not start with a file that is not there, holds nothing, or belongs to another`()
        async throws
    {
        let pair = try await CertificatePair("first", in: folder)
        let other = try await CertificatePair("other", in: folder)
        let empty = folder.path("empty.pem")
        try folder.write("", to: "empty.pem")
        let missing = folder.path("missing.pem")
        let cases: [(certificate: String, key: String, file: String)] = [
            (missing, pair.key, missing), (pair.certificate, missing, missing), (empty, pair.key, empty),
            (pair.certificate, empty, empty), (pair.certificate, other.key, other.key),
        ]
        for (certificate, key, file) in cases {
            let server = server(ServerConfiguration.TLSFiles(certificate: certificate, key: key))
            let error = await #expect(throws: ServerError.self) { try await server.run { _ in } }
            guard case .unusableCertificate(let named, let reason) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(named == file)
            #expect(!reason.isEmpty)
        }
    }

    @Test func `ends a connection on which no handshake comes`() async throws {
        let pair = try await CertificatePair("first", in: folder)
        try await server(pair.files).run { port in
            let connection = try RawConnection(port: port)
            #expect(await connection.receive().isEmpty)
        }
    }

    @Test func `serves whoever asks, while handshakes that go nowhere would fill it`() async throws {
        let pair = try await CertificatePair("first", in: folder)
        var server = server(pair.files)
        server.configuration.maxConnections = 8
        server.configuration.headerTimeout = .seconds(30)
        try await server.run { port in
            let silent = try (0..<40).map { _ in try RawConnection(port: port) }
            let (status, text) = try await pair.ask(port)
            #expect(status == 0, "\(text)")
            _ = silent
        }
    }
}
