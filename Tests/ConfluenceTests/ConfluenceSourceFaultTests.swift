import Corpus
import CorpusSQLite
import Foundation
import Sourcing
import TestSupport
import Testing
import Transport

@testable import Confluence

@Suite struct `Live Confluence in trouble` {
    @Test(arguments: `Live Confluence`.flavours)
    func `a wrong token stops the crawl with one clear message that does not hold it`(
        flavour: ConfluenceConfiguration.Flavour
    ) async throws {
        let server = try ConfluenceTestServer(flavour)
        for detects in [false, true] {
            let source = try server.source(token: "wrong-token") { if detects { $0.flavour = .detect } }
            let reading = await Reading(source)
            #expect(reading.error as? ConfluenceError == .unauthorized(host: "127.0.0.1"))
            #expect(reading.documents.isEmpty && reading.listed.isEmpty)
            #expect(!"\(String(describing: reading.error))".contains("wrong-token"))
        }
    }

    @Test(arguments: `Live Confluence`.flavours)
    func `a web page instead of JSON is named as a sign-in page`(
        flavour: ConfluenceConfiguration.Flavour
    ) async throws {
        let server = try ConfluenceTestServer(flavour)
        try await server.order(".", status: 200, times: 99, isHTML: true)
        let reading = await Reading(try server.source())
        #expect(reading.error as? ConfluenceError == .signInPage(host: "127.0.0.1"))
        #expect(reading.documents.isEmpty && reading.listed.isEmpty)
    }

    @Test(arguments: `Live Confluence`.flavours)
    func `a sign-in page in the middle stops the crawl before the space counts as listed`(
        flavour: ConfluenceConfiguration.Flavour
    ) async throws {
        let server = try ConfluenceTestServer(flavour)
        try await server.order(bodyOf: "14", status: 200, isHTML: true)
        let reading = await Reading(try server.source())
        #expect(reading.error as? ConfluenceError == .signInPage(host: "127.0.0.1"))
        #expect(reading.listed.isEmpty)
    }

    @Test(arguments: `Live Confluence`.flavours, [403, 404, 500])
    func `a page that cannot be read is skipped with its status, and the rest goes on`(
        flavour: ConfluenceConfiguration.Flavour, status: Int
    ) async throws {
        let server = try ConfluenceTestServer(flavour)
        try await server.order(bodyOf: "14", status: status)
        let reading = await Reading(try server.source())
        let skip = try #require(reading.skip("14"))
        #expect(skip.reason.contains("\(status)") && skip.title == "Runbook")
        #expect(skip.isFailure == (status != 404))
        #expect(reading.document("13") != nil && reading.document("14") == nil)
        #expect(reading.listed == ["DOC"])
    }

    @Test(arguments: `Live Confluence`.flavours)
    func `one page that answers 401 is skipped while the credentials are good`(
        flavour: ConfluenceConfiguration.Flavour
    ) async throws {
        let server = try ConfluenceTestServer(flavour)
        try await server.order(bodyOf: "14", status: 401)
        let reading = await Reading(try server.source())
        #expect(reading.error == nil)
        #expect(reading.skip("14")?.isFailure == true)
        #expect(reading.listed == ["DOC"])
    }

    @Test(arguments: `Live Confluence`.flavours)
    func `a listing that fails in its middle gives nothing of its space, and other spaces go on`(
        flavour: ConfluenceConfiguration.Flavour
    ) async throws {
        let server = try ConfluenceTestServer(flavour, "--max-limit", "2")
        let match = flavour == .cloud ? "spaces/1001/pages.*cursor" : "content/scan\\?.*spaceKey=DOC.*cursor"
        try await server.order(match, status: 503, times: 9)
        let reading = await Reading(try server.source(spaces: ["DOC", "OPEN"]))
        #expect(reading.error == nil)
        #expect(reading.listed == ["OPEN"])
        #expect(reading.documents.map(\.document.id) == ["50"])
        #expect(reading.skip("space:DOC")?.isFailure == true)
        #expect(reading.skip("space:DOC")?.reason.contains("503") == true)
    }

    @Test(arguments: `Live Confluence`.flavours)
    func `comments that cannot be listed keep the space from counting as listed`(
        flavour: ConfluenceConfiguration.Flavour
    ) async throws {
        let server = try ConfluenceTestServer(flavour)
        try await server.order("/12/(footer-comments|child/comment)", status: 500)
        let reading = await Reading(try server.source())
        #expect(reading.error == nil)
        #expect(reading.document("12") != nil && reading.document("14") != nil)
        #expect(reading.skip("12")?.reason.contains("comments") == true)
        #expect(reading.listed.isEmpty)
    }

    @Test func `expired cursors begin the listing anew without repeats`() async throws {
        let server = try ConfluenceTestServer(.cloud, "--max-limit", "2", "--expire-cursors", "3")
        let reading = await Reading(try server.source())
        #expect(reading.error == nil)
        #expect(reading.listed == ["DOC"])
        let ids = reading.documents.map(\.document.id)
        #expect(Set(ids).count == ids.count)
        #expect(Set(ids).isSuperset(of: ["10", "11", "12", "13", "14", "20"]))
    }

    @Test func `cursors that always expire fail the space`() async throws {
        let server = try ConfluenceTestServer(.cloud, "--max-limit", "2")
        try await server.order("spaces/1001/pages.*cursor", status: 410, times: 99)
        let reading = await Reading(try server.source())
        #expect(reading.listed.isEmpty && reading.documents.isEmpty)
        #expect(reading.skip("space:DOC")?.reason.contains("expired") == true)
    }

    @Test func `a page that slips through moving offsets is found by its id`() async throws {
        let server = try ConfluenceTestServer(.dataCenter, "--no-scan")
        // The long listing comes back without its second page: as if the list had moved meanwhile.
        let client = SlippingClient(inner: try CurlHTTPClient())
        let configuration = ConfluenceConfiguration(
            baseURL: try #require(URL(string: server.base)), flavour: .dataCenter,
            authentication: .bearer(token: ConfluenceTestServer.token), spaces: ["DOC"])
        let reading = await Reading(
            try ConfluenceSource(
                configuration: configuration, client: client, corpus: SQLiteCorpus.inMemory()))
        #expect(reading.document("12")?.document.title == "Plan")
        #expect(!reading.mayRead("12", "group:staff"))
        #expect(reading.listed == ["DOC"])
    }

    @Test(arguments: `Live Confluence`.flavours)
    func `a space that does not exist is reported as a failure`(
        flavour: ConfluenceConfiguration.Flavour
    ) async throws {
        let reading = await Reading(try ConfluenceTestServer(flavour).source(spaces: ["NOPE", "OPEN"]))
        #expect(reading.skip("space:NOPE")?.isFailure == true)
        #expect(reading.listed == ["OPEN"])
    }

    @Test func `a wrong base address is said to be no Confluence`() async throws {
        let server = try ConfluenceTestServer(.dataCenter)
        let base = server.base.replacing("/confluence", with: "/elsewhere")
        for flavour in ConfluenceConfiguration.Flavour.allCases {
            let reading = await Reading(try server.source(base: base) { $0.flavour = flavour })
            guard case .notConfluence? = reading.error as? ConfluenceError else {
                Issue.record("\(flavour): \(String(describing: reading.error))")
                continue
            }
        }
    }

    @Test func `a server that is not there is named`() async throws {
        let source = try ConfluenceSource(
            configuration: ConfluenceConfiguration(
                baseURL: try #require(URL(string: "http://127.0.0.1:9/confluence")), flavour: .dataCenter,
                authentication: .none, spaces: ["DOC"]),
            client: try CurlHTTPClient(), corpus: SQLiteCorpus.inMemory())
        let reading = await Reading(source)
        #expect("\(reading.error.map { "\($0)" } ?? "none")".contains("127.0.0.1"))
    }
}

/// Drops the page “12” from listings with expansions, as an offset listing does when the list moves.
private struct SlippingClient: HTTPClient {
    let inner: CurlHTTPClient

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        var response = try await inner.send(request)
        guard request.url.contains("content?"), request.url.contains("expand="),
            var answer = try? JSONSerialization.jsonObject(with: response.body) as? [String: Any],
            let results = answer["results"] as? [[String: Any]]
        else { return response }
        answer["results"] = results.filter { $0["id"] as? String != "12" }
        response.body = (try? JSONSerialization.data(withJSONObject: answer)) ?? response.body
        return response
    }

    func stream(_ request: HTTPRequest) async throws(TransportError) -> HTTPStreamedResponse {
        try await inner.stream(request)
    }
}
