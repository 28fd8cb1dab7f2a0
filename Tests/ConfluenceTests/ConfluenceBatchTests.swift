import Corpus
import Foundation
import Sourcing
import TestSupport
import Testing
import Transport

@testable import Confluence

@Suite struct `Live Confluence, many pages at a time` {
    typealias Change = ConfluenceTestServer.Change

    @Test(arguments: `Live Confluence`.flavours)
    func `bodies, restrictions and labels of many pages come in one request`(
        flavour: ConfluenceConfiguration.Flavour
    ) async throws {
        let server = try ConfluenceTestServer(flavour, "--generate", "1200", "--max-limit", "250")
        let reading = await Reading(try server.source(spaces: ["GEN"]) { $0.concurrency = 4 })
        #expect(reading.error == nil)
        #expect(reading.documents.count == 1200 + 12 && reading.listed == ["GEN"])
        #expect(reading.document("100010")?.document.labels == ["tenth"])
        #expect(reading.mayRead("100998", "group:staff"))
        #expect(!reading.mayRead("100999", "group:staff"))
        #expect(reading.mayRead("100999", "group:staff", "group:leads"))
        #expect(reading.document("900000050")?.document.ancestors.last?.id == "100050")
        let log = try await server.log()
        #expect(log.filter { $0.contains("body") }.count < 1200 / 10)
        #expect(log.filter { $0.contains("/restriction/") }.isEmpty)
        #expect(log.count < 400, "\(log.count) requests for 1200 pages")
    }

    @Test(arguments: `Live Confluence`.flavours)
    func `where the search is out of order every page is asked for by itself`(
        flavour: ConfluenceConfiguration.Flavour
    ) async throws {
        let whole = await Reading(try ConfluenceTestServer(flavour).source())
        for status in [400, 401, 403, 404, 500] {
            let server = try ConfluenceTestServer(flavour)
            try await server.order("content/search|api/v2/(pages|blogposts)\\?", status: status, times: 999)
            let reading = await Reading(try server.source())
            #expect(reading.error == nil && reading.listed == ["DOC"], "\(status)")
            #expect(Set(reading.documents.map(\.document.id)) == Set(whole.documents.map(\.document.id)))
            for document in whole.documents.map(\.document) {
                let same = reading.document(document.id)?.document
                #expect(
                    same?.readers == document.readers && same?.labels == document.labels, "\(document.id)")
                #expect(reading.body(document.id) == whole.body(document.id))
            }
        }
    }

    @Test(arguments: `Live Confluence`.flavours)
    func `a page that the search does not know yet is read with its own restriction`(
        flavour: ConfluenceConfiguration.Flavour
    ) async throws {
        let server = try ConfluenceTestServer(flavour)
        try await server.change(["10", "11", "12", "30"].map { Change(id: $0, indexed: false) })
        let reading = await Reading(try server.source())
        #expect(reading.listed == ["DOC"])
        for id in ["12", "13", "30"] {
            #expect(reading.document(id) != nil, "\(id)")
            #expect(!reading.mayRead(id, "group:staff", "group:people-ops"))
            #expect(reading.mayRead(id, "group:staff", "group:people-ops", "group:leads"))
        }
    }

    @Test(arguments: `Live Confluence`.flavours)
    func `an answer that breaks off, or a connection that is reset, is asked for again`(
        flavour: ConfluenceConfiguration.Flavour
    ) async throws {
        let server = try ConfluenceTestServer(flavour)
        let faults = [
            ConfluenceTestServer.Fault(match: "pages|content", times: 1, broken: "truncated"),
            ConfluenceTestServer.Fault(match: "pages|content", times: 1, broken: "reset"),
            ConfluenceTestServer.Fault(
                match: "pages|content", status: 429, times: 1, headers: ["Retry-After": "0"]),
            ConfluenceTestServer.Fault(match: "space", status: 503, times: 1),
        ]
        try await server.order(faults)
        let reading = await Reading(try server.patientSource())
        #expect(reading.error == nil && reading.listed == ["DOC"])
        #expect(reading.documents.count == 10 && reading.skipped.map(\.id) == ["att41"])
    }

    @Test(arguments: `Live Confluence`.flavours)
    func `JSON that is cut short fails its listing and nothing else`(
        flavour: ConfluenceConfiguration.Flavour
    ) async throws {
        let server = try ConfluenceTestServer(flavour)
        let match = flavour == .cloud ? "spaces/1001/pages" : "content.*spaceKey=DOC"
        try await server.order([ConfluenceTestServer.Fault(match: match, times: 99, broken: "truncated")])
        let reading = await Reading(try server.source(spaces: ["DOC", "OPEN"]))
        #expect(reading.error == nil && reading.listed == ["OPEN"])
        #expect(reading.skip("space:DOC")?.isFailure == true)
    }

    @Test func `a site that allows a few requests a second is read to its end, and refuses few of them`()
        async throws
    {
        let server = try ConfluenceTestServer(.cloud, "--rate-limit", "30")
        let reading = await Reading(try server.patientSource())
        #expect(reading.error == nil && reading.listed == ["DOC"])
        #expect(reading.skipped.map(\.id) == ["att41"])
    }

    @Test(arguments: `Live Confluence`.flavours)
    func `a page that is deleted or hidden while it is listed is no failure`(
        flavour: ConfluenceConfiguration.Flavour
    ) async throws {
        let server = try ConfluenceTestServer(flavour)
        let match = flavour == .cloud ? "spaces/1001/pages" : "content.*spaceKey=DOC"
        try await server.order([
            ConfluenceTestServer.Fault(
                match: match, then: [Change(id: "14", remove: true), Change(id: "13", hidden: true)])
        ])
        let reading = await Reading(try server.source())
        #expect(reading.error == nil && reading.listed == ["DOC"])
        #expect(reading.document("14") == nil && reading.document("13") == nil)
        #expect(reading.skip("14")?.isFailure == false)
    }

    @Test func `the longest bodies come whole`() async throws {
        let server = try ConfluenceTestServer(.cloud)
        let body = "<p>" + String(repeating: "tide ", count: 2_000_000) + "</p>"
        try await server.change([Change(id: "14", version: 2, body: body)])
        let reading = await Reading(try server.source())
        #expect(reading.body("14")?.utf8.count == body.utf8.count)
    }
}
