import Foundation
import HTTPTypes
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `Pages of other origins` {
    private static let app = "https://app.example"

    private func fixture() async throws -> ServerFixture {
        var fixture = try await ServerFixture()
        fixture.configuration.allowedOrigins = [Self.app, "http://localhost:3000"]
        return fixture
    }

    @Test func `may read answers when the settings name them, and never with cookies`() async throws {
        let fixture = try await fixture()
        for path in ["/v1/status", "/nothing"] {
            let headers = try await fixture.respond(.get, path, headers: [.origin: Self.app]).headers
            #expect(headers[.accessControlAllowOrigin] == Self.app)
            #expect(headers[.accessControlAllowCredentials] == nil)
            #expect(headers[.vary]?.contains("Origin") == true)
            let exposed = headers[.accessControlExposeHeaders] ?? ""
            for name in ["ETag", "Location", "RateLimit", "Retry-After", "X-Request-Id"] {
                #expect(exposed.contains(name))
            }
        }
    }

    @Test(arguments: [
        "https://evil.example", "https://app.example.evil", "http://app.example", "https://app.example:8443",
        "null", "HTTPS://APP.EXAMPLE", "https://app.example/",
    ])
    func `may not when it names others`(origin: String) async throws {
        let fixture = try await fixture()
        let response = try await fixture.respond(.get, "/v1/status", headers: [.origin: origin])
        #expect(response.headers[.accessControlAllowOrigin] == nil)
        #expect(response.headers[.vary]?.contains("Origin") == true)
        let question = try await fixture.respond(
            .options, "/v1/ask", headers: [.origin: origin, .accessControlRequestMethod: "POST"])
        #expect(question.status == .noContent)
        #expect(question.headers[.accessControlAllowOrigin] == nil)
        #expect(question.headers[.accessControlAllowMethods] == nil)
        let form = try await fixture.respond(
            .post, "/v1/ask", headers: [.origin: origin, .contentType: "text/plain"])
        #expect(form.status == .forbidden)
    }

    @Test func `learn before they ask what they may send, for every operation`() async throws {
        let fixture = try await fixture()
        for operation in try fixture.application().router.operations where operation.isListed {
            let path = operation.path.replacing(/\{\w+\}/, with: "1")
            let response = try await fixture.respond(
                .options, path,
                headers: [
                    .origin: Self.app, .accessControlRequestMethod: operation.method.rawValue,
                ])
            #expect(response.status == .noContent, "\(operation.id)")
            #expect(response.headers[.accessControlAllowOrigin] == Self.app)
            let methods = response.headers[.accessControlAllowMethods] ?? ""
            #expect(methods.contains(operation.method.rawValue), "\(operation.id)")
            #expect(response.headers[.accessControlMaxAge] == "7200")
            let headers = response.headers[.accessControlAllowHeaders] ?? ""
            #expect(headers.contains("Authorization") && headers.contains("Content-Type"))
            #expect(!headers.contains("X-Millrace-Principals"))
            for parameter in operation.parameters where parameter.place == .header {
                #expect(headers.contains(parameter.name), "\(operation.id)")
            }
        }
    }

    @Test func `learn what may be done at an address, and nothing where there is none`() async throws {
        let fixture = try await ServerFixture()
        let status = try await fixture.respond(.options, "/v1/status")
        #expect(status.status == .noContent)
        #expect(status.headers[.allow] == "GET, HEAD, OPTIONS")
        #expect(status.headers[.vary]?.contains("Origin") != true)
        #expect(try await fixture.respond(.options, "/nothing").status == .notFound)
    }

    @Test func `that are admitted may send forms, and still may not use somebody's session`() throws {
        var request = APIRequest(
            method: .post, path: "/v1/ask", headers: [.origin: Self.app, .contentType: "text/plain"], id: "1")
        #expect(throws: RequestFault.self) { try OriginCheck.check(request) }
        request.hasAdmittedOrigin = true
        try OriginCheck.check(request)
        #expect(throws: RequestFault.self) { try OriginCheck.requireOwn(request) }
        request.headers[.fetchSite] = "same-site"
        #expect(throws: RequestFault.self) { try OriginCheck.requireOwn(request) }
    }

    @Test(arguments: [
        "https://app.example", "http://localhost:3000", "https://10.0.0.1:8443", "http://[::1]:8080",
        "capacitor://localhost", "https://xn--mller-kva.example",
    ])
    func `are named as browsers write them`(origin: String) throws {
        var configuration = ServerConfiguration()
        configuration.allowedOrigins = [origin]
        try configuration.validate()
    }

    @Test(arguments: [
        "*", "null", "", "app.example", "https://", "https://app.example/", "https://App.example",
        "https://app.example:443", "http://app.example:80", "https://app.example:0", "https://app.example:x",
        "https://app.example path", "https://*.example", "https://a@app.example", "://app.example",
    ])
    func `are refused in the settings in any other form`(origin: String) {
        var configuration = ServerConfiguration()
        configuration.allowedOrigins = [origin]
        #expect(throws: ServerError.self) { try configuration.validate() }
    }
}

@Suite struct `A page that others may frame` {
    @Test func `names them, and nobody unless told`() {
        #expect(SecurityHeaders.pagePolicy(framedBy: []).contains("frame-ancestors 'none'"))
        let policy = SecurityHeaders.pagePolicy(framedBy: ["https://wiki.example", "https://b.example"])
        #expect(policy.hasSuffix("frame-ancestors 'self' https://b.example https://wiki.example"))
        #expect(policy.contains("script-src 'self';"))
        let served = PageOperations.operations(framedBy: ["https://wiki.example"])
        #expect(served.map(\.id) == PageOperations.operations().map(\.id))
    }
}
