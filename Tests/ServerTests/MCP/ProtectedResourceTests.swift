import Foundation
import HTTPTypes
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(1))) struct `The metadata of the protected resource` {
    private static let path = "/.well-known/oauth-protected-resource"

    private func told(
        _ path: String, _ resource: ProtectedResource?, host: String = "wiki.example"
    ) async throws -> APIResponse {
        var fixture = try await ServerFixture()
        fixture.configuration.allowedHosts = ["wiki.example", "wiki.example:8443"]
        let application = try fixture.mcp(resource)
        let response = await application.respond(
            to: APIRequest(method: .get, path: path, host: host, id: "test-1"))
        if let match = try? application.router.match(method: .get, path: path) {
            try ContractCheck.check(response, of: match.operation)
        }
        return response
    }

    private func resource(_ origin: String? = nil) throws -> ProtectedResource {
        ProtectedResource(
            issuers: [try #require(URL(string: "https://sign-in.example/realms/one"))],
            scopes: ["search", "ask"], origin: origin.flatMap { URL(string: $0) })
    }

    @Test(arguments: ["", "/mcp"])
    func `is there for the server and for its MCP address`(place: String) async throws {
        let response = try await told(Self.path + place, resource())
        #expect(response.status == .ok)
        let document = try response.json
        #expect(document["resource"] == .text("https://wiki.example" + place))
        #expect(document["authorization_servers"] == .list([.text("https://sign-in.example/realms/one")]))
        #expect(document["scopes_supported"] == .list([.text("search"), .text("ask")]))
        #expect(document["bearer_methods_supported"] == .list([.text("header")]))
    }

    @Test(arguments: [
        ("localhost:8080", nil, "http://localhost:8080/mcp"), ("127.0.0.1", nil, "http://127.0.0.1/mcp"),
        ("wiki.example:8443", nil, "https://wiki.example:8443/mcp"),
        ("localhost:8080", "https://millrace.example/", "https://millrace.example/mcp"),
    ])
    func `names the server as it was addressed, or as it is told that it is known`(
        host: String, origin: String?, expected: String
    ) async throws {
        let response = try await told(Self.path + "/mcp", resource(origin), host: host)
        #expect(try response.json["resource"] == .text(expected))
    }

    @Test func `has a whole address for challenges, at which it lies`() async throws {
        let resource = try resource()
        for path in ["/v1/ask", "/mcp"] {
            let address = try #require(URL(string: resource.metadataAddress(for: path, host: "wiki.example")))
            #expect(address.host() == "wiki.example")
            let document = try await told(address.path(), resource).json
            #expect(document["resource"] == .text("https://wiki.example" + (path == "/mcp" ? path : "")))
        }
    }

    @Test func `is not there where nobody gives out tokens`() async throws {
        for place in ["", "/mcp"] {
            #expect(try await told(Self.path + place, nil).status == .notFound)
        }
    }
}
