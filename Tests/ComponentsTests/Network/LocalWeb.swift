import Components
import Flow
import Foundation
import TestSupport
import Transport

/// The web of `web_server.py`, and components that may reach it and nothing else.
struct LocalWeb: Sendable {
    private static let shared = Result { try ChildServer(script: "web_server.py") }

    let server: ChildServer

    init() throws {
        server = try Self.shared.get()
    }

    /// What the guard lets through besides the public internet: IPv4's loopback.
    static func loopback() throws -> AddressGuard {
        AddressGuard(allowing: [try AddressRange("127.0.0.0/8")])
    }

    /// For services that the settings name.
    static func client() throws -> CurlHTTPClient {
        var configuration = HTTPClientConfiguration()
        configuration.proxy = .none
        return try CurlHTTPClient(configuration: configuration)
    }

    /// The tags taken out, white space made one space: enough for pages that are known.
    static let toText: HTMLToText = { html in
        String(decoding: html, as: UTF8.self).replacing(#/<[^>]*>/#, with: " ")
            .split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    var url: String { server.url }
    var authority: String { "127.0.0.1:\(server.port)" }

    /// - Parameter hosts: besides the server by its address and as `localhost`.
    func http(
        hosts: [String] = [], addresses: AddressGuard? = nil, limits: GuardedHTTP.Limits = .init()
    ) throws -> GuardedHTTP {
        try GuardedHTTP(
            hosts: try HostRules([authority, "localhost:\(server.port)"] + hosts),
            addresses: try addresses ?? Self.loopback(), limits: limits)
    }

    func catalog(
        _ http: GuardedHTTP? = nil, search: String? = "", arXiv: String? = "/arxiv",
        servers: MCPServers = .none
    ) throws -> ComponentCatalog {
        let client = try Self.client()
        var catalog = ComponentCatalog()
        catalog.addConversions()
        catalog.addNetworkComponents(
            http: try http ?? self.http(), toText: Self.toText,
            search: try search.map { try SearchService(url + $0, client: client) },
            arXiv: try arXiv.map { try ArXivService(base: url + $0, client: client) }, servers: servers)
        return catalog
    }

    /// How often a path was asked for.
    func count(of path: String) async throws -> Int {
        let response = try await Self.client().send(HTTPRequest(url: "\(url)/-/count\(path)"))
        return Int(String(decoding: response.body, as: UTF8.self)) ?? -1
    }
}
