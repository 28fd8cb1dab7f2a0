import Corpus
import CorpusSQLite
import EngineSupport
import Foundation
import Ingest
import Sourcing
import TestSupport
import Testing
import Transport

@testable import Confluence

@Suite struct `Files of a Confluence Cloud` {
    private func attachment(media: String) async throws -> (Reading, [String]) {
        let server = try ConfluenceTestServer(.cloud, "--media", media)
        let reading = await Reading(try server.source())
        #expect(reading.error == nil && reading.listed == ["DOC"], "\(media)")
        return (reading, try await server.log())
    }

    @Test func `are read where the API sends for them, without the credentials`() async throws {
        let server = try ConfluenceTestServer(.cloud)
        let reading = await Reading(try server.source())
        // The server refuses credentials there, and a token on the address of the browser.
        #expect(reading.body("att40") == "Remember the milk")
        let log = try await server.log()
        #expect(log.contains { $0.contains("/rest/api/content/14/child/attachment/att40/download") })
        #expect(log.contains { $0.hasPrefix("GET /media/att40?token=") })
        #expect(!log.contains { $0.contains("/download/attachments/") })
    }

    @Test func `are read by what an earlier version kept of them`() async throws {
        let server = try ConfluenceTestServer(.cloud)
        let dialect = ConfluenceCloud(
            api: ConfluenceAPI(
                site: try ConfluenceSite(pasted: try #require(URL(string: server.base))),
                client: server.client,
                authorization: .header("Bearer \(ConfluenceTestServer.token)")), pageSize: 25)
        let file = RemoteContent.File(mediaType: "text/plain", link: "/download/attachments/14/att40")
        var kept = RemoteContent(id: "att40", kind: .attachment, title: "notes.txt", version: 1)
        kept.containerID = "14"
        let bytes = try await dialect.file(of: kept, file)
        #expect(String(decoding: bytes, as: UTF8.self) == "Remember the milk")
    }

    @Test(arguments: [
        // Elsewhere, in clear; elsewhere, where the credentials would be needed; a circle; nowhere.
        ("http://files.example/{id}", "https"),
        ("{origin}/wiki/rest/api/content/14/child/attachment/{id}/download", "401"),
        ("/wiki/rest/api/content/14/child/attachment/{id}/download", "again and again"),
        ("mailto:{id}", "no address"),
    ])
    func `that lie where none should are a failure of their own`(media: String, reason: String) async throws {
        let (reading, log) = try await attachment(media: media)
        #expect(reading.skip("att40")?.isFailure == true)
        #expect(reading.skip("att40")?.reason.contains(reason) == true, "\(reading.skipped)")
        #expect(log.filter { $0.contains("att40/download") }.count <= 4)
        #expect(reading.document("14") != nil)
    }

    @Test func `are no web page that came in their place`() async throws {
        let server = try ConfluenceTestServer(.cloud)
        try await server.order("/media/", status: 200, times: 9, isHTML: true)
        let reading = await Reading(try server.source())
        #expect(reading.document("att40") == nil)
        #expect(reading.skip("att40")?.reason.contains("web page") == true)
        #expect(reading.listed == ["DOC"])
    }
}

@Suite struct `Answers that are something else` {
    typealias Flavour = ConfluenceConfiguration.Flavour
    typealias Fault = ConfluenceTestServer.Fault

    private static let page = "<!DOCTYPE html><html><body><form>Sign in</form></body></html>"
    /// The address of a file, with or without a redirect to it.
    private static let file = "att40/download|attachments/14/att40|/media/att40"

    /// A second sync, of a newer version of the attachment.
    private func again(
        _ setting: SyncSetting, _ change: ConfluenceTestServer.Change, _ faults: [Fault] = []
    ) async throws -> (IngestReport, before: String?, after: String?) {
        let server = try ConfluenceTestServer(setting.flavour)
        let bench = try await SyncBench(server, setting.engine)
        try await bench.sync()
        let before = try await bench.text("att40")
        // Its page changes as well, so that what hangs below is listed.
        try await server.change([.init(id: "14", version: 9), change])
        if !faults.isEmpty { try await server.order(faults) }
        bench.wait(30 * 86_400)
        let report = try await bench.sync()
        return (report, before, try await bench.text("att40"))
    }

    @Test(arguments: SyncSetting.all, [true, false])
    func `a page to sign in at never replaces the text of a file, under whatever type it comes`(
        setting: SyncSetting, isTyped: Bool
    ) async throws {
        let (report, before, after) =
            isTyped
            ? try await again(
                setting, .init(id: "att40", version: 9),
                [Fault(match: Self.file, status: 200, times: 99, html: true)])
            : try await again(setting, .init(id: "att40", version: 9, data: Self.page))
        #expect(before?.contains("milk") == true)
        #expect(after == before)
        #expect(report.exitCode == 3)
        #expect(
            report.skipped.contains { $0.id == "att40" && $0.isFailure && $0.reason.contains("sign in") },
            "\(report.skipped)")
    }

    @Test(arguments: SyncSetting.all)
    func `a file that is not there has failed, and what is stored of it stays`(setting: SyncSetting)
        async throws
    {
        let (report, before, after) = try await again(
            setting, .init(id: "att40", version: 9), [Fault(match: Self.file, status: 404, times: 99)])
        #expect(after == before && after != nil)
        #expect(report.exitCode == 3 && report.pages.failed == 1)
        #expect(report.skipped.contains { $0.id == "att40" && $0.isFailure })
    }

    @Test(arguments: `Live Confluence`.flavours)
    func `a listing that is sent to sign in says so`(flavour: Flavour) async throws {
        let server = try ConfluenceTestServer(flavour)
        try await server.order([
            Fault(
                match: "/spaces/1001/pages|content/scan|/content\\?", status: 302, times: 99,
                headers: ["Location": "https://login.example.com/saml?RelayState=x"])
        ])
        let reading = await Reading(try server.source())
        let error = try #require(reading.error)
        #expect("\(error)".contains("signing in") && "\(error)".contains("login.example.com"))
        #expect(reading.listed.isEmpty)
    }

    @Test(arguments: `Live Confluence`.flavours)
    func `a title with half a pair of surrogates costs that character`(flavour: Flavour) async throws {
        let server = try ConfluenceTestServer(flavour)
        try await server.change([.init(id: "14", title: "Runbook HALF", version: 8)])
        var configuration = ConfluenceConfiguration(
            baseURL: try #require(URL(string: server.base)), flavour: flavour,
            authentication: flavour == .cloud
                ? .basic(user: "crawler@example.com", token: ConfluenceTestServer.token)
                : .bearer(token: ConfluenceTestServer.token), spaces: ["DOC"])
        configuration.concurrency = 1
        let reading = await Reading(
            try ConfluenceSource(
                configuration: configuration, client: HalvingClient(inner: server.client),
                corpus: SQLiteCorpus.inMemory()))
        #expect(reading.error == nil && reading.listed == ["DOC"], "\(reading.skipped)")
        #expect(reading.document("14")?.document.title == "Runbook \u{FFFD}")
        #expect(reading.documents.count > 5)
    }
}

/// Cuts a pair of surrogates in half wherever a word stands.
private struct HalvingClient: HTTPClient {
    let inner: any HTTPClient

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        var response = try await inner.send(request)
        let text = String(decoding: response.body, as: UTF8.self)
        if text.contains("HALF") { response.body = Data(text.replacing("HALF", with: "\\ud83d").utf8) }
        return response
    }

    func stream(_ request: HTTPRequest) async throws(TransportError) -> HTTPStreamedResponse {
        try await inner.stream(request)
    }
}

@Suite struct `Answers of Cloud's second API` {
    typealias Change = ConfluenceTestServer.Change

    @Test func `have more labels than they include`() async throws {
        let server = try ConfluenceTestServer(.cloud, "--max-limit", "1")
        // Without the search each page is asked for its labels together with its body.
        try await server.order("content/search", status: 500, times: 999)
        let reading = await Reading(try server.source())
        #expect(reading.document("14")?.document.labels == ["on-call", "runbook"])
    }

    @Test func `are asked for no archived blog posts, which there are none of`() async throws {
        let server = try ConfluenceTestServer(.cloud)
        try await server.change([
            Change(
                id: "17", type: "page", space: "1001", title: "Shelf", body: "<p>x</p>", status: "archived"),
            Change(id: "21", type: "blogpost", space: "1001", title: "More news", body: "<p>y</p>"),
        ])
        let source = try server.source {
            $0.scope.includesArchived = true
            $0.concurrency = 1
        }
        let reading = await Reading(source)
        #expect(reading.error == nil && reading.listed == ["DOC"], "\(reading.skipped)")
        for id in ["17", "20", "21"] { #expect(reading.document(id) != nil, "\(id)") }
        // Several bodies at a time are asked for as well.
        #expect(try await server.log().contains { $0.contains("/api/v2/blogposts?id=") })
        #expect(!reading.skipped.contains { $0.isFailure })
    }

    @Test(arguments: StorageEngine.allCases)
    func `show what is in the trash, which is not read`(engine: StorageEngine) async throws {
        let server = try ConfluenceTestServer(.cloud)
        let bench = try await SyncBench(server, engine)
        try await bench.sync()
        try await server.change([Change(id: "14", status: "trashed")])
        let report = try await bench.refresh(.content("14"))
        #expect(report.exitCode == 0, "\(report)")
        #expect(try await bench.ids.isDisjoint(with: ["14", "32", "att40"]))
        // And what goes there while it is listed.
        try await server.order([
            .init(match: "/spaces/1001/pages", then: [Change(id: "13", version: 2, status: "trashed")])
        ])
        let reading = await Reading(try server.source())
        #expect(reading.document("13") == nil && reading.listed == ["DOC"])
        #expect(reading.skip("13")?.isFailure == false)
    }

    @Test func `that lead in a circle fail their listing`() async throws {
        let server = try ConfluenceTestServer(.cloud, "--max-limit", "2")
        let configuration = ConfluenceConfiguration(
            baseURL: try #require(URL(string: server.base)), flavour: .cloud,
            authentication: .bearer(token: ConfluenceTestServer.token), spaces: ["DOC"])
        let client = CirclingClient(inner: server.client, origin: server.origin)
        let reading = await Reading(
            try ConfluenceSource(
                configuration: configuration, client: client, corpus: SQLiteCorpus.inMemory()))
        #expect(reading.listed.isEmpty && reading.documents.isEmpty)
        #expect(reading.skip("space:DOC")?.reason.contains("circle") == true, "\(reading.skipped)")
    }
}

/// Lets the listing of pages lead to itself.
private struct CirclingClient: HTTPClient {
    let inner: any HTTPClient
    let origin: String

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        var response = try await inner.send(request)
        guard request.url.contains("/spaces/1001/pages"),
            var answer = try? JSONSerialization.jsonObject(with: response.body) as? [String: Any]
        else { return response }
        answer["_links"] = ["next": String(request.url.dropFirst(origin.count))]
        response.body = (try? JSONSerialization.data(withJSONObject: answer)) ?? response.body
        return response
    }

    func stream(_ request: HTTPRequest) async throws(TransportError) -> HTTPStreamedResponse {
        try await inner.stream(request)
    }
}
