import Confluence
import CorpusSQLite
import Foundation
import TestSupport
import Transport

/// The test server of fixtures/confluence-server, a client for it, and the faults a test orders.
struct ConfluenceTestServer {
    static let token = "secret-token"

    let flavour: ConfluenceConfiguration.Flavour
    private let server: ChildServer
    let client: any HTTPClient

    init(_ flavour: ConfluenceConfiguration.Flavour, export: Bool = false, _ arguments: String...) throws {
        self.flavour = flavour
        var all = ["--flavour", flavour == .cloud ? "cloud" : "dc"]
        if export { all += ["--export", Fixtures.url("space").path] }
        server = try ChildServer(
            script: Fixtures.url("confluence-server/server.py").path, arguments: all + arguments)
        client = ServedClient(server: server, client: try CurlHTTPClient())
    }

    var origin: String { server.url }

    var base: String { server.url + (flavour == .cloud ? "/wiki" : "/confluence") }

    func source(
        spaces: [String] = ["DOC"], token: String = Self.token, base: String? = nil,
        _ adjust: (inout ConfluenceConfiguration) -> Void = { _ in }
    ) throws -> ConfluenceSource {
        var configuration = configuration(spaces: spaces, token: token, base: base)
        adjust(&configuration)
        return try ConfluenceSource(
            configuration: configuration, client: client, corpus: SQLiteCorpus.inMemory())
    }

    private func configuration(
        spaces: [String], token: String = Self.token, base: String? = nil
    ) -> ConfluenceConfiguration {
        ConfluenceConfiguration(
            baseURL: URL(string: base ?? self.base) ?? URL(fileURLWithPath: "/"), flavour: flavour,
            authentication: flavour == .cloud
                ? .basic(user: "crawler@example.com", token: token) : .bearer(token: token),
            spaces: spaces)
    }

    /// A source whose client asks again and keeps to the server's pace, as in use.
    func patientSource(spaces: [String] = ["DOC"]) throws -> ConfluenceSource {
        var policy = RetryPolicy.crawling
        policy.baseDelay = .milliseconds(1)
        return try ConfluenceSource(
            configuration: configuration(spaces: spaces),
            client: RetryingHTTPClient(
                PacedHTTPClient(client, advice: AtlassianRateLimits.advice), policy: policy),
            corpus: SQLiteCorpus.inMemory())
    }

    /// Orders answers: `match` is a regular expression over path and query.
    func order(
        _ match: String, status: Int, times: Int = 1, isHTML: Bool = false
    ) async throws {
        try await order([Fault(match: match, status: status, times: times, html: isHTML)])
    }

    /// Orders what becomes of every request that would read the body of one content, alone or among others.
    func order(
        bodyOf content: String, status: Int, times: Int = 9, isHTML: Bool = false
    ) async throws {
        try await order([Fault(content: content, status: status, times: times, html: isHTML)])
    }

    func order(_ faults: [Fault]) async throws {
        try await control("faults", faults)
    }

    /// Puts people into groups.
    func regroup(_ groups: [String: [String]]) async throws {
        try await control("groups", groups)
    }

    func changeSpaces(_ spaces: [SpaceChange]) async throws {
        try await control("spaces", spaces)
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
        var container: String?
        var status: String?
        var labels: [String]?
        var when: String?
        var created: String?
        var inline: Bool?
        /// Whether search knows it.
        var indexed: Bool?
        /// Whether the crawler's account may not see it.
        var hidden: Bool?
        var mediaType: String?
        var data: String?
    }

    struct SpaceChange: Encodable {
        var key: String
        var name: String?
        var type: String?
        var status: String?
        var viewers: [[String: String]]?
    }

    /// One entry of the server's faults.py.
    struct Fault: Encodable {
        var match: String?
        var content: String?
        var status: Int?
        var times = 1
        var method: String?
        var html = false
        var headers: [String: String]?
        /// `hang`, `reset` or `truncated`.
        var broken: String?
        var then: [Change]?
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
