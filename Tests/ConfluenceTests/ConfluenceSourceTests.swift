import Corpus
import Documents
import Foundation
import Sourcing
import TestSupport
import Testing

@testable import Confluence

@Suite struct `Live Confluence` {
    static let flavours: [ConfluenceConfiguration.Flavour] = [.cloud, .dataCenter]

    @Test(arguments: flavours)
    func `a space gives its current pages, posts, comments and text attachments`(
        flavour: ConfluenceConfiguration.Flavour
    ) async throws {
        let server = try ConfluenceTestServer(flavour)
        let reading = await Reading(try server.source())
        #expect(reading.error == nil)
        #expect(
            Set(reading.documents.map(\.document.id)) == [
                "10", "11", "12", "13", "14", "20", "30", "31", "32", "att40",
            ])
        #expect(reading.listed == ["DOC"])
        #expect(reading.spaces == [Space(key: "DOC", name: "Documentation", type: "global")])
        #expect(reading.warnings.isEmpty)
        #expect(reading.skipped.map(\.id) == ["att41"])
        #expect(reading.skip("att41")?.isFailure == false)
        let home = try #require(reading.document("10")?.document)
        #expect(
            home.version == 4 && home.labels == ["start"] && home.author == "Ann Lee" && home.kind == .page)
        #expect(home.updatedAt == confluenceDate("2026-01-01T00:00:00Z"))
        #expect(home.url?.hasPrefix(server.base) == true)
        #expect(reading.body("att40") == "Remember the milk")
        #expect(reading.document("20")?.document.kind == .blogPost)
        #expect(reading.document("13")?.document.ancestors.map(\.title) == ["Home", "Leads", "Plan"])
        #expect(reading.document("31")?.document.title == "Comment on Plan")
        #expect(reading.document("31")?.document.ancestors.last == Ancestor(id: "12", title: "Plan"))
        #expect(reading.body("32") == "<p>Which one?</p>")
    }

    @Test func `a mention becomes a name`() async throws {
        let reading = await Reading(try ConfluenceTestServer(.cloud).source())
        let home = try #require(reading.document("10"))
        let mention = try #require(ConfluencePeople.mentions(in: reading.body("10") ?? "").first)
        #expect(home.references.displayName(of: mention) == "Bob Ray")
    }

    @Test(arguments: flavours, ["context", "bare", "absolute"])
    func `nothing is lost however next links look and however low the limit is`(
        flavour: ConfluenceConfiguration.Flavour, links: String
    ) async throws {
        let whole = await Reading(try ConfluenceTestServer(flavour).source())
        let server = try ConfluenceTestServer(flavour, "--links", links, "--max-limit", "1")
        let reading = await Reading(try server.source())
        #expect(reading.error == nil)
        #expect(Set(reading.documents.map(\.document.id)) == Set(whole.documents.map(\.document.id)))
        #expect(reading.document("12")?.document.readers == whole.document("12")?.document.readers)
        #expect(reading.listed == ["DOC"])
    }

    @Test(arguments: flavours)
    func `the sample space reads the same live as from its export, and for every reader`(
        flavour: ConfluenceConfiguration.Flavour
    ) async throws {
        struct User: Decodable { var name: String, groups: [String] }
        let export = await Reading(try SpaceExportSource(path: Fixtures.url("space")))
        let server = try ConfluenceTestServer(flavour, export: true)
        let live = await Reading(try server.source(spaces: ["ENG"]))
        let accountIDs = try await server.accountIDs()
        #expect(live.error == nil)
        #expect(live.listed == ["ENG"])
        let ids = Set(export.documents.map(\.document.id))
        #expect(Set(live.documents.map(\.document.id)) == ids)
        for id in ids {
            let (one, other) = (export.document(id)?.document, live.document(id)?.document)
            #expect(one?.title == other?.title && one?.version == other?.version && one?.kind == other?.kind)
            #expect(one?.ancestors == other?.ancestors && one?.labels == other?.labels, "\(id)")
            #expect(one?.author == other?.author && one?.updatedAt == other?.updatedAt, "\(id)")
            #expect(export.body(id) == live.body(id), "\(id)")
        }
        let users = try JSONDecoder().decode([User].self, from: try Fixtures.data("space-source/users.json"))
        for user in users {
            let groups = user.groups.map(Principal.group)
            let here = Reader(groups + [.user(user.name)])
            let there = Reader(groups + [.user(flavour == .cloud ? accountIDs[user.name] ?? "?" : user.name)])
            let readable = export.documents.map(\.document).filter { $0.readers.isSatisfied(by: here) }.map(
                \.id)
            let readableLive = live.documents.map(\.document).filter { $0.readers.isSatisfied(by: there) }
                .map(\.id)
            #expect(Set(readable) == Set(readableLive), "\(user.name)")
            #expect(readable.count > 0 && readable.count < ids.count)
        }
    }

    @Test(arguments: flavours)
    func `an unchanged page's body is not fetched, and its readers are read anew`(
        flavour: ConfluenceConfiguration.Flavour
    ) async throws {
        let server = try ConfluenceTestServer(flavour)
        let first = await Reading(try server.source())
        let versions = Dictionary(
            uniqueKeysWithValues: first.documents.map { ($0.document.id, $0.document.version) })
        let count = try await server.log().count
        try await server.change([
            ConfluenceTestServer.Change(id: "14", version: 2, body: "<p>Call Ann</p>"),
            ConfluenceTestServer.Change(id: "20", groups: ["leads"]),
        ])
        let second = await Reading(try server.source(), storedVersion: { versions[$0] })
        #expect(second.documents.map(\.document.id) == ["14"])
        #expect(second.body("14") == "<p>Call Ann</p>")
        #expect(Set(second.unchanged.keys) == Set(versions.keys).subtracting(["14"]))
        #expect(!second.mayRead("20", "group:staff"))
        #expect(second.mayRead("20", "group:staff", "group:leads"))
        let requests = try await server.log().dropFirst(count)
        #expect(requests.filter { $0.contains("body") || $0.contains("/download") }.count == 1)
    }

    @Test(arguments: flavours)
    func `all spaces means all but personal and archived ones`(
        flavour: ConfluenceConfiguration.Flavour
    ) async throws {
        let server = try ConfluenceTestServer(flavour)
        #expect(await Reading(try server.source(spaces: [])).listed == ["DOC", "OPEN"])
        let all = await Reading(try server.source(spaces: []) { $0.includePersonalSpaces = true })
        #expect(all.listed == ["DOC", "OPEN", "~bob"])
        #expect(await Reading(try server.source(spaces: ["~bob"])).listed == ["~bob"])
    }

    @Test(arguments: flavours)
    func `comments and attachments can be left out`(flavour: ConfluenceConfiguration.Flavour) async throws {
        let server = try ConfluenceTestServer(flavour)
        let source = try server.source {
            $0.includeComments = false
            $0.includeAttachments = false
        }
        let kinds = await Reading(source).documents.map(\.document.kind)
        #expect(Set(kinds) == [.page, .blogPost])
        #expect(try await server.log().allSatisfy { !$0.contains("comment") && !$0.contains("attachment") })
    }

    @Test(arguments: flavours)
    func `the product is found by asking, from any page's address`(
        flavour: ConfluenceConfiguration.Flavour
    ) async throws {
        let server = try ConfluenceTestServer(flavour)
        for suffix in [
            "", "/", "/spaces/DOC/pages/10/Home?focus=1", "/display/DOC/Home",
            "/pages/viewpage.action?pageId=10",
        ] {
            let source = try server.source(base: server.base + suffix) { $0.flavour = .detect }
            let reading = await Reading(source)
            #expect(reading.listed == ["DOC"], "\(suffix): \(String(describing: reading.error))")
        }
    }
}
