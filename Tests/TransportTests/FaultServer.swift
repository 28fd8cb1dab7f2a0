import Foundation
import TestSupport
import Transport

/// The misbehaving server, and clients that reach it without the machine's own proxies.
struct FaultServer: Sendable {
    let server: ChildServer

    /// One for all tests that need no server of their own; it ends with the test process.
    static let shared = Result { try FaultServer() }

    init(arguments: [String] = []) throws {
        server = try ChildServer(script: "fault_server.py", arguments: arguments)
    }

    static func configuration(
        _ change: (inout HTTPClientConfiguration) -> Void = { _ in }
    ) -> HTTPClientConfiguration {
        var configuration = HTTPClientConfiguration()
        configuration.proxy = .none
        change(&configuration)
        return configuration
    }

    static func client(
        _ change: (inout HTTPClientConfiguration) -> Void = { _ in }
    ) throws -> CurlHTTPClient {
        try CurlHTTPClient(configuration: configuration(change))
    }

    func request(_ target: String, timeout: Duration = .seconds(20)) -> HTTPRequest {
        HTTPRequest(url: server.url + target, timeout: timeout)
    }

    var authority: String { "127.0.0.1:\(server.port)" }
}

/// What `/echo` tells of a request.
struct Echo: Decodable {
    var method: String
    var target: String
    var headers: [[String]]
    var body: String
    var connection: Int

    init(_ response: HTTPResponse) throws {
        self = try JSONDecoder().decode(Echo.self, from: response.body)
    }

    func values(_ name: String) -> [String] {
        headers.filter { $0[0].lowercased() == name }.map { $0[1] }
    }
}
