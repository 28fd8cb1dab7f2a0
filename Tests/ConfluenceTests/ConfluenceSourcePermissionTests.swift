import Corpus
import Foundation
import Sourcing
import TestSupport
import Testing

@testable import Confluence

@Suite struct `Live Confluence permissions` {
    typealias Change = ConfluenceTestServer.Change

    @Test(arguments: `Live Confluence`.flavours)
    func `space, page and every ancestor must all let a reader in`(
        flavour: ConfluenceConfiguration.Flavour
    ) async throws {
        let server = try ConfluenceTestServer(flavour)
        let reading = await Reading(try server.source())
        #expect(reading.mayRead("10", "group:staff"))
        #expect(!reading.mayRead("10", "group:leads"))
        #expect(reading.mayRead("11", "group:staff", "group:leads"))
        #expect(!reading.mayRead("11", "group:staff"))
        for id in ["12", "13", "30", "31"] {
            #expect(reading.mayRead(id, "group:staff", "group:leads", "group:people-ops"), "\(id)")
            #expect(
                !reading.mayRead(id, "group:staff", "group:people-ops"),
                "\(id): only the nearest ancestor counted")
            #expect(!reading.mayRead(id, "group:staff", "group:leads"), "\(id)")
            #expect(!reading.mayRead(id, "group:leads", "group:people-ops"), "\(id): the space did not count")
        }
        #expect(reading.document("20")?.document.readers == reading.document("10")?.document.readers)
    }

    @Test(arguments: `Live Confluence`.flavours)
    func `a restriction that cannot be read closes the page and all below it`(
        flavour: ConfluenceConfiguration.Flavour
    ) async throws {
        let server = try ConfluenceTestServer(flavour)
        // Data Center tells restrictions in its listing: cut it short there by a parent outside the listing.
        if flavour == .cloud {
            try await server.order("content/(11/restriction|search)", status: 500, times: 9)
        } else {
            try await server.change([Change(id: "11", space: "1002")])
            try await server.order("/rest/api/content/11\\?", status: 500, times: 9)
        }
        let reading = await Reading(try server.source())
        #expect(reading.error == nil)
        #expect(reading.document("13")?.document.readers == .nobody)
        #expect(reading.document("12")?.document.readers == .nobody)
        #expect(reading.document("31")?.document.readers == .nobody)
        #expect(reading.mayRead("14", "group:staff"))
        #expect(reading.warnings.contains { $0.contains("nobody") && $0.contains("13") })
        #expect(reading.listed == ["DOC"])
    }

    @Test(arguments: ["rest", "expand", "jsonrpc"])
    func `Data Center's space permissions are read by whichever door is open`(door: String) async throws {
        let server = try ConfluenceTestServer(.dataCenter, "--space-permissions", door)
        let reading = await Reading(try server.source(spaces: ["DOC", "OPEN"]))
        #expect(
            reading.document("10")?.document.readers == AccessRule(allOf: [[.group("staff"), .user("ann")]]))
        #expect(reading.document("50")?.document.readers == .everybody)
        #expect(reading.warnings.isEmpty)
    }

    @Test(arguments: `Live Confluence`.flavours)
    func `a space that is open to all is open to who is signed in where the site is closed to others`(
        flavour: ConfluenceConfiguration.Flavour
    ) async throws {
        let server = try ConfluenceTestServer(flavour, "--no-anonymous")
        let reading = await Reading(try server.source(spaces: ["OPEN"]))
        #expect(reading.document("50")?.document.readers == AccessRule(allOf: [[.signedIn]]))
        #expect(reading.warnings.isEmpty && reading.listed == ["OPEN"])
        // A web page with status 200 is a sign-in page; the credentials never show there.
        let other = try ConfluenceTestServer(flavour)
        try await other.order("spaces/1002$|space/OPEN$", status: 200, times: 9, isHTML: true)
        let careful = await Reading(try other.source(spaces: ["OPEN"]))
        #expect(careful.document("50")?.document.readers == AccessRule(allOf: [[.signedIn]]))
    }

    @Test(arguments: ["expand", "jsonrpc"])
    func `Data Center's other doors are believed no more than the first`(door: String) async throws {
        let server = try ConfluenceTestServer(.dataCenter, "--space-permissions", door, "--no-anonymous")
        let reading = await Reading(try server.source(spaces: ["OPEN"]))
        #expect(reading.document("50")?.document.readers == AccessRule(allOf: [[.signedIn]]))
    }

    @Test func `ancestors count in whatever order Data Center tells them`() async throws {
        let server = try ConfluenceTestServer(.dataCenter, "--reverse-ancestors")
        let reading = await Reading(try server.source())
        #expect(reading.error == nil && reading.listed == ["DOC"] && reading.warnings.isEmpty)
        for id in ["12", "13", "30", "31"] {
            #expect(reading.mayRead(id, "group:staff", "group:leads", "group:people-ops"), "\(id)")
            #expect(!reading.mayRead(id, "group:staff", "group:people-ops"), "\(id)")
            #expect(!reading.mayRead(id, "group:staff", "group:leads"), "\(id)")
        }
        // And where one of them cannot be read, nobody reads.
        try await server.change([Change(id: "11", space: "1002")])
        try await server.order("/rest/api/content/11\\?", status: 500, times: 9)
        let closed = await Reading(try server.source())
        #expect(closed.document("13")?.document.readers == .nobody)
    }

    @Test(arguments: `Live Confluence`.flavours)
    func `where space permissions cannot be read nobody reads, and a warning says so`(
        flavour: ConfluenceConfiguration.Flavour
    ) async throws {
        let server = try ConfluenceTestServer(flavour, "--space-permissions", "none")
        let reading = await Reading(try server.source(spaces: ["OPEN"]))
        #expect(reading.document("50")?.document.readers == .nobody)
        #expect(reading.warnings.contains { $0.contains("OPEN") && $0.contains("nobody") })
        #expect(reading.listed == ["OPEN"])
    }

    @Test func `on Cloud a group counts by its name and by its id, a user by account id`() async throws {
        let reading = await Reading(try ConfluenceTestServer(.cloud).source(spaces: ["DOC", "OPEN"]))
        let clause = try #require(reading.document("10")?.document.readers.clauses.first)
        #expect(clause.contains(.group("staff")))
        #expect(
            clause.contains { if case .group(let id) = $0 { UUID(uuidString: id) != nil } else { false } })
        #expect(clause.contains { "\($0)".hasPrefix("user:712020:") })
        #expect(reading.mayRead("50"))
    }

    @Test(arguments: `Live Confluence`.flavours)
    func `a long restriction is read to its end`(flavour: ConfluenceConfiguration.Flavour) async throws {
        let server = try ConfluenceTestServer(flavour)
        let groups = (0..<230).map { "group-\($0)" }
        try await server.change([Change(id: "14", groups: groups)])
        let reading = await Reading(try server.source())
        #expect(reading.mayRead("14", "group:staff", "group:group-229"))
        #expect(!reading.mayRead("14", "group:staff"))
    }

    @Test(arguments: `Live Confluence`.flavours)
    func `a circle in the page tree is cut and reported`(flavour: ConfluenceConfiguration.Flavour)
        async throws
    {
        let server = try ConfluenceTestServer(flavour)
        try await server.change([
            Change(id: "80", type: "page", space: "1001", title: "One", parent: "81", body: "<p>1</p>"),
            Change(
                id: "81", type: "page", space: "1001", title: "Two", parent: "80", body: "<p>2</p>",
                groups: ["leads"]),
        ])
        let reading = await Reading(try server.source())
        #expect(reading.listed == ["DOC"])
        #expect(!reading.mayRead("80", "group:staff"))
        #expect(reading.mayRead("80", "group:staff", "group:leads"))
        #expect(reading.warnings.contains { $0.contains("circle") })
    }

    @Test func `a folder above a page is found and its restriction counts`() async throws {
        let server = try ConfluenceTestServer(.cloud)
        try await server.change([
            Change(id: "90", type: "folder", space: "1001", title: "Folder", parent: "10", groups: ["leads"]),
            Change(
                id: "91", type: "page", space: "1001", title: "Inside", parent: "90", parentType: "folder",
                body: "<p>x</p>"),
            Change(
                id: "92", type: "page", space: "1001", title: "Lost", parent: "93", parentType: "folder",
                body: "<p>x</p>"),
        ])
        let reading = await Reading(try server.source())
        #expect(reading.document("91")?.document.ancestors.map(\.title) == ["Home", "Folder"])
        #expect(!reading.mayRead("91", "group:staff"))
        #expect(reading.mayRead("91", "group:staff", "group:leads"))
        #expect(reading.document("92")?.document.readers == .nobody)
    }
}
