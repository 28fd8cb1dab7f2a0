import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Backends

#if canImport(Glibc)
    import Glibc
#endif

@Suite(.timeLimit(.minutes(1))) struct `A name with several addresses` {
    private let server: PostgresServer

    init() throws {
        server = try PostgresServer.shared(.v16)
    }

    private func settings(_ addresses: [String]) -> PostgresSettings {
        var settings = PostgresSettings(
            host: "db.example", port: server.port, database: server.database, user: server.user,
            password: { "secret" }, tls: .disable, connectTimeout: .seconds(4))
        settings.names = NameLookup { name in name == "db.example" ? addresses : [] }
        return settings
    }

    private func address(by pool: PostgresPool) async throws -> String? {
        try await pool.transaction(.snapshot) { try $0.text("SELECT host(inet_server_addr())") }
    }

    @Test func `leads to the next when the first is silent, and begins with that one afterwards`()
        async throws
    {
        let silent = try SilentListener(address: "127.0.0.2", port: server.port)
        let pool = PostgresPool(settings(["127.0.0.2", "127.0.0.1"]), size: 1)
        #expect(try await address(by: pool) == "127.0.0.1")
        #expect(silent.count() == 1)
        pool.closeAll()
        #expect(try await address(by: pool) == "127.0.0.1")
        #expect(silent.count() == 0, "it was asked again")
    }

    @Test func `leads to the next when nobody listens at the first`() async throws {
        let pool = PostgresPool(settings(["127.0.0.3", "127.0.0.1"]), size: 1)
        #expect(try await address(by: pool) == "127.0.0.1")
    }

    @Test func `is refused with what each address said`() async throws {
        let silent = try SilentListener(address: "127.0.0.4", port: server.port)
        var settings = settings(["127.0.0.4", "127.0.0.3"])
        settings.connectTimeout = .seconds(1)
        let error = #expect(throws: PostgresError.self) {
            _ = try PostgresConnection(settings, password: "secret")
        }
        let told = "\(try #require(error))"
        #expect(told.contains("no answer from 127.0.0.4 within") && told.contains("127.0.0.3"), "\(told)")
        #expect(told.contains("db.example:\(server.port)/postgres"), "\(told)")
        #expect(silent.count() == 1)
    }

    @Test func `is asked once where a server has answered, whatever it says`() async throws {
        let error = #expect(throws: PostgresError.self) {
            _ = try PostgresConnection(settings(["127.0.0.1", "127.0.0.3"]), password: "wrong")
        }
        guard case .notAdmitted = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `is refused in time when nobody tells them`() async throws {
        var settings = settings([])
        settings.connectTimeout = .milliseconds(500)
        let end = Mutex(false)
        defer { end.withLock { $0 = true } }
        settings.names = NameLookup { _ in
            while !end.withLock({ $0 }) { usleep(10_000) }
            return ["127.0.0.1"]
        }
        let error = #expect(throws: PostgresError.self) {
            _ = try PostgresConnection(settings, password: "secret")
        }
        let told = try #require(error)
        #expect(told.isTransient && "\(told)".contains("could not be looked up within"), "\(told)")
    }
}

/// Takes connections and never says a word.
private final class SilentListener: Sendable {
    private let descriptor: Int32

    struct Failure: Error {
        var code: Int32
    }

    init(address: String, port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_port = in_port_t(port).bigEndian
        inet_pton(AF_INET, address, &place.sin_addr)
        let descriptor = descriptor
        let isListening = withUnsafePointer(to: &place) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                    && listen(descriptor, 16) == 0
            }
        }
        guard isListening else { throw Failure(code: errno) }
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    }

    deinit { close(descriptor) }

    /// Who has come since the last time.
    func count() -> Int {
        var count = 0
        while true {
            let guest = accept(descriptor, nil, nil)
            guard guest >= 0 else { return count }
            close(guest)
            count += 1
        }
    }
}
