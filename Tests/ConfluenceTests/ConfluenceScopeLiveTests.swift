import Corpus
import Foundation
import Sourcing
import TestSupport
import Testing

@testable import Confluence

@Suite struct `Live Confluence within a scope` {
    typealias Change = ConfluenceTestServer.Change

    /// The ids that are read of the space DOC, comments and attachments included.
    private func ids(
        _ server: ConfluenceTestServer, spaces: [String] = ["DOC"], _ change: (inout ConfluenceScope) -> Void
    ) async throws -> Set<String> {
        let reading = await Reading(try server.source(spaces: spaces) { change(&$0.scope) })
        #expect(reading.error == nil, "\(String(describing: reading.error))")
        return Set(reading.documents.map(\.document.id))
    }

    @Test(arguments: `Live Confluence`.flavours)
    func `page trees, with what hangs on their pages`(flavour: ConfluenceConfiguration.Flavour) async throws {
        let server = try ConfluenceTestServer(flavour)
        #expect(try await ids(server) { $0.trees = ["11"] } == ["11", "12", "13", "30", "31"])
        #expect(try await ids(server) { $0.excludedTrees = ["11"] } == ["10", "14", "20", "32", "att40"])
        #expect(
            try await ids(server) {
                $0.trees = ["11"]; $0.excludedTrees = ["12"]
            } == ["11"])
    }

    @Test(arguments: `Live Confluence`.flavours)
    func `labels in and out`(flavour: ConfluenceConfiguration.Flavour) async throws {
        let server = try ConfluenceTestServer(flavour)
        #expect(try await ids(server) { $0.labels = ["Runbook"] } == ["14", "32", "att40"])
        let rest = try await ids(server) { $0.excludedLabels = ["on-call"] }
        #expect(rest == ["10", "11", "12", "13", "20", "30", "31"])
    }

    @Test(arguments: `Live Confluence`.flavours)
    func `labels that cannot be read leave a page as it is stored, and count as a failure`(
        flavour: ConfluenceConfiguration.Flavour
    ) async throws {
        let server = try ConfluenceTestServer(flavour)
        try await server.order("content/search", status: 500, times: 999)
        let reading = await Reading(
            try server.source { $0.scope.labels = ["runbook"] }, storedVersion: { $0 == "14" ? 1 : nil })
        #expect(reading.documents.isEmpty)
        #expect(reading.skip("14")?.isFailure == true)
        #expect(reading.unchanged["14"] != nil)
    }

    @Test(arguments: `Live Confluence`.flavours)
    func `a query of the site's own language`(flavour: ConfluenceConfiguration.Flavour) async throws {
        let server = try ConfluenceTestServer(flavour)
        #expect(
            try await ids(server) { $0.cql = "creator = ann or title = Plan order by created" }
                .isSuperset(of: ["10", "12", "14", "20", "30", "31"]))
        #expect(try await ids(server) { $0.cql = "creator = bob" }.isDisjoint(with: ["10", "14", "20"]))
        let reading = await Reading(try server.source { $0.scope.cql = "no such field = 1" })
        #expect(reading.listed.isEmpty && reading.documents.isEmpty)
        #expect(reading.skip("space:DOC")?.reason.contains("400") == true)
    }

    @Test(arguments: `Live Confluence`.flavours)
    func `kinds, dates and patterns of space keys`(flavour: ConfluenceConfiguration.Flavour) async throws {
        let server = try ConfluenceTestServer(flavour)
        #expect(try await ids(server) { $0.kinds = [.blogPosts] } == ["20"])
        #expect(
            try await ids(server) { $0.kinds = [.pages, .inlineComments] } == [
                "10", "11", "12", "13", "14", "32",
            ])
        try await server.change([Change(id: "14", version: 2, when: "2026-03-01T10:00:00.000Z")])
        let march = try #require(confluenceDate("2026-02-01T00:00:00Z"))
        #expect(try await ids(server) { $0.updatedSince = march } == ["14", "32", "att40"])
        #expect(try await ids(server, spaces: ["O*"]) { _ in } == ["50"])
        #expect(try await ids(server, spaces: ["*"]) { $0.excludedSpaces = ["DOC"] } == ["50"])
        #expect(try await ids(server, spaces: ["O*"]) { $0.includesArchived = true } == ["50", "70"])
    }

    @Test(arguments: `Live Confluence`.flavours)
    func `what is left out is counted as left out, and the space still counts as listed`(
        flavour: ConfluenceConfiguration.Flavour
    ) async throws {
        let server = try ConfluenceTestServer(flavour)
        let reading = await Reading(try server.source { $0.scope.trees = ["14"] })
        #expect(reading.listed == ["DOC"])
        #expect(
            Set(reading.skipped.filter { !$0.isFailure }.map(\.id)).isSuperset(of: ["10", "11", "12", "20"]))
        #expect(reading.skipped.allSatisfy { !$0.isFailure })
        let log = try await server.log()
        #expect(
            !log.contains { $0.contains("/12/") || $0.contains("/12?") }, "what is left out was asked for")
    }
}
