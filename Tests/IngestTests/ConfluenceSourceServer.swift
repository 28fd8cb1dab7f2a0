import Foundation
import Ingest
import TestSupport
import Transport

/// The test server of fixtures/confluence-server, a client for it, and the faults a test orders.
struct ConfluenceTestServer {
    static let token = "secret-token"

    let flavour: ConfluenceConfiguration.Flavour
    private let server: ChildServer
    private let client: ServedClient

    init(_ flavour: ConfluenceConfiguration.Flavour, export: Bool = false, _ arguments: String...) throws {
        self.flavour = flavour
        var all = ["--flavour", flavour == .cloud ? "cloud" : "dc"]
        if export { all += ["--export", Fixtures.url("space").path] }
        server = try ChildServer(
            script: Fixtures.url("confluence-server/server.py").path, arguments: all + arguments)
        client = ServedClient(server: server, client: try CurlHTTPClient())
    }

    var base: String { server.url + (flavour == .cloud ? "/wiki" : "/confluence") }

    func source(
        spaces: [String] = ["DOC"], token: String = Self.token, base: String? = nil,
        _ adjust: (inout ConfluenceConfiguration) -> Void = { _ in }
    ) throws -> ConfluenceSource {
        var configuration = ConfluenceConfiguration(
            baseURL: URL(string: base ?? self.base) ?? URL(fileURLWithPath: "/"), flavour: flavour,
            authentication: flavour == .cloud
                ? .basic(user: "crawler@example.com", token: token) : .bearer(token: token),
            spaces: spaces)
        adjust(&configuration)
        return try ConfluenceSource(configuration: configuration, client: client)
    }

    /// Orders answers: `match` is a regular expression over path and query.
    func order(
        _ match: String, status: Int, times: Int = 1, isHTML: Bool = false
    ) async throws {
        try await control(
            "faults", [Fault(match: match, status: status, times: times, html: isHTML)])
    }

    /// Changes contents, or adds them.
    func change(_ contents: [Change]) async throws {
        try await control("contents", contents)
    }

    /// All requests so far, `GET /path?query`.
    func log() async throws -> [String] {
        let response = try await client.send(HTTPRequest(url: server.url + "/__control/log"))
        return try JSONDecoder().decode([String].self, from: response.body)
    }

    /// The account ids of all users, by user name.
    func accountIDs() async throws -> [String: String] {
        let response = try await client.send(HTTPRequest(url: server.url + "/__control/users"))
        return try JSONDecoder().decode([String: String].self, from: response.body)
    }

    struct Change: Encodable {
        var id: String
        var type: String?
        var space: String?
        var title: String?
        var parent: String?
        var parentType: String?
        var version: Int?
        var body: String?
        var users: [String]?
        var groups: [String]?
        var remove: Bool?
    }

    private struct Fault: Encodable {
        var match: String
        var status: Int
        var times: Int
        var html: Bool
    }

    private func control(_ name: String, _ body: some Encodable) async throws {
        _ = try await client.send(
            HTTPRequest(
                method: "POST", url: server.url + "/__control/" + name, body: try JSONEncoder().encode(body)))
    }
}

/// A client that keeps its server running.
private struct ServedClient: HTTPClient {
    let server: ChildServer
    let client: CurlHTTPClient

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        try await client.send(request)
    }

    func stream(_ request: HTTPRequest) async throws(TransportError) -> HTTPStreamedResponse {
        try await client.stream(request)
    }
}
