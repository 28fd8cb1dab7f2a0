import Corpus
import Foundation
import Sourcing
import TestSupport
import Testing

@testable import Confluence

@Suite struct `Space export permissions` {
    typealias Build = SpaceExportBuilder

    private func build(viewers: [String] = ["staff"]) -> Build {
        var build = Build()
        build.space("DOC", id: "1", viewers: viewers)
        build.user("k-ann", name: "Ann", fullName: "Ann Lee")
        return build
    }

    @Test func `a page below two restricted pages demands both, not only the nearer one`() async throws {
        var build = build()
        build.page("10", "Top")
        build.page("11", "Middle", parent: "10")
        build.page("12", "Bottom", parent: "11")
        build.restrict("10", set: "500", groups: ["leads"])
        build.restrict("11", set: "510", users: ["k-ann"], groups: ["people-ops"])
        let reading = try await Reading(build)
        #expect(reading.mayRead("12", "group:staff", "group:leads", "user:ann"))
        #expect(reading.mayRead("12", "group:staff", "group:leads", "group:people-ops"))
        #expect(!reading.mayRead("12", "group:staff", "user:ann"))
        #expect(!reading.mayRead("12", "group:staff", "group:leads"))
        #expect(!reading.mayRead("12", "group:leads", "user:ann"))
        #expect(reading.mayRead("10", "group:staff", "group:leads"))
    }

    @Test func `a set without members inherits, and an edit restriction restricts no reader`() async throws {
        var build = build()
        build.page("10", "Top")
        build.restrict("10", set: "500")
        build.restrict("10", set: "510", type: "Edit", groups: ["editors"])
        let reading = try await Reading(build)
        #expect(reading.document("10")?.document.readers == AccessRule(allOf: [[.group("staff")]]))
    }

    @Test func `a set whose members cannot be read closes the page`() async throws {
        var build = build()
        build.page(
            "10", "Listed, absent",
            parts: [Build.collection("contentPermissionSets", "ContentPermissionSet", ["600"])])
        build.page("11", "Members absent")
        build.object(
            "ContentPermissionSet", "610",
            [
                Build.text("type", "View"), Build.reference("owningContent", "Page", "11"),
                Build.collection("contentPermissions", "ContentPermission", ["611", "612"]),
            ])
        let reading = try await Reading(build)
        #expect(!reading.mayRead("10", "group:staff", "user:ann"))
        #expect(reading.document("11")?.document.readers.clauses.contains([]) == true)
        #expect(reading.closed.count == 1 && reading.closed[0].contains("2 pages"), "\(reading.closed)")
        #expect(reading.closed[0].contains("ids 10, 11"))
    }

    @Test func `a restriction of edits that is not whole closes and reports nothing`() async throws {
        var build = build()
        build.page("10", "Plan")
        build.object(
            "ContentPermissionSet", "610",
            [
                Build.text("type", "Edit"), Build.reference("owningContent", "Page", "10"),
                Build.collection("contentPermissions", "ContentPermission", ["611"]),
            ])
        let reading = try await Reading(build)
        #expect(reading.mayRead("10", "group:staff") && reading.closed.isEmpty)
    }

    @Test func `members are found by the set's own list as well as by their reference to it`() async throws {
        var build = build()
        build.page("10", "Top")
        build.object(
            "ContentPermissionSet", "500",
            [
                Build.text("type", "View"), Build.reference("owningContent", "Page", "10"),
                Build.collection("contentPermissions", "ContentPermission", ["501"]),
            ])
        build.object(
            "ContentPermission", "501", [Build.text("type", "View"), Build.text("groupName", "leads")])
        build.object(
            "ContentPermission", "502",
            [
                Build.text("type", "View"), Build.text("userName", "Bob"),
                Build.reference("owningSet", "ContentPermissionSet", "500"),
            ])
        let reading = try await Reading(build)
        #expect(reading.mayRead("10", "group:staff", "group:leads"))
        #expect(reading.mayRead("10", "group:staff", "user:bob"))
        #expect(!reading.mayRead("10", "group:staff", "user:ann"))
    }

    @Test func `a space may be viewed by groups, users, or all who are signed in`() async throws {
        var build = build(viewers: [])
        build.page("10", "Page")
        var byUser = build
        byUser.viewPermission(
            "801", space: "1", [Build.reference("userSubject", "ConfluenceUserImpl", "k-ann")])
        byUser.viewPermission(
            "802", space: "1", [Build.reference("userSubject", "ConfluenceUserImpl", "k-gone")])
        byUser.viewPermission("803", space: "1", [Build.text("userName", "Old.Name")])
        let users = try await Reading(byUser)
        #expect(users.mayRead("10", "user:ann"))
        #expect(users.mayRead("10", "user:k-gone"))
        #expect(users.mayRead("10", "user:old.name"))
        #expect(!users.mayRead("10", "user:bob"))

        var signedIn = build
        signedIn.viewPermission("801", space: "1", [Build.text("allUsersSubject", "authenticated-users")])
        let everyUser = try await Reading(signedIn)
        #expect(everyUser.mayRead("10", "user:whoever"))
        #expect(!everyUser.mayRead("10"))

    }

    @Test func `a grant to those who are not signed in counts for them where the site is known to be open`()
        async throws
    {
        let nobody = ["<property name=\"group\"/><property name=\"userSubject\"/>"]
        var build = build(viewers: [])
        build.page("10", "Page")
        build.viewPermission("801", space: "1", nobody)
        let closed = try await Reading(build)
        #expect(!closed.mayRead("10") && closed.mayRead("10", "signed-in"))
        #expect(closed.warnings.isEmpty)

        // A backup of the whole site has the site's own permissions, too.
        func site(_ type: String, _ subject: [String]) async throws -> Reading {
            var site = build
            site.object("SpacePermission", "900", [Build.text("type", type)] + subject)
            return try await Reading(site)
        }
        let open = try await site("USECONFLUENCE", nobody)
        #expect(open.mayRead("10"))
        let others = [
            try await site("USECONFLUENCE", [Build.text("group", "staff")]),
            try await site("PERSONALSPACE", nobody),
        ]
        for reading in others { #expect(!reading.mayRead("10") && reading.mayRead("10", "signed-in")) }
    }

    @Test func `an open space does not open a restricted page`() async throws {
        var build = build(viewers: [])
        build.viewPermission("801", space: "1", [])
        build.page("10", "Secret")
        build.restrict("10", set: "500", groups: ["leads"])
        let reading = try await Reading(build)
        #expect(!reading.mayRead("10"))
        #expect(reading.mayRead("10", "group:leads"))
    }

    @Test func `without a view permission of the space nobody may read, and a warning says so`() async throws
    {
        var build = build(viewers: [])
        build.page("10", "Page")
        build.object(
            "SpacePermission", "801",
            [
                Build.text("type", "EDITSPACE"), Build.text("group", "staff"),
                Build.reference("space", "Space", "1"),
            ])
        let reading = try await Reading(build)
        #expect(reading.document("10")?.document.readers == .nobody)
        #expect(reading.warnings.contains { $0.contains("DOC") && $0.contains("nobody") })
    }

    @Test func `a page below a page that is not in the export is closed, with a warning`() async throws {
        var build = build()
        build.page("11", "Orphan", parent: "10")
        build.page("12", "Below", parent: "11")
        let reading = try await Reading(build)
        #expect(reading.document("12")?.document.readers == .nobody)
        #expect(reading.document("11")?.document.readers == .nobody)
        #expect(reading.warnings.contains { $0.contains("2 pages") })
    }

    @Test func `a circle in the page tree is cut, reported, and demands every restriction in it`()
        async throws
    {
        var build = build()
        build.page("10", "One", parent: "12")
        build.page("11", "Two", parent: "10")
        build.page("12", "Three", parent: "11")
        build.page("13", "Self", parent: "13")
        build.restrict("12", set: "500", groups: ["leads"])
        let reading = try await Reading(build)
        #expect(reading.documents.count == 4)
        #expect(reading.document("11")?.document.ancestors.count == 2)
        #expect(!reading.mayRead("11", "group:staff"))
        #expect(reading.mayRead("11", "group:staff", "group:leads"))
        #expect(reading.warnings.contains { $0.contains("circle") })
    }

    @Test func `a restriction of a trashed ancestor still counts`() async throws {
        var build = build()
        build.page("10", "Trashed", parts: [Build.text("contentStatus", "deleted")])
        build.page("11", "Child", parent: "10")
        build.restrict("10", set: "500", groups: ["leads"])
        let reading = try await Reading(build)
        #expect(!reading.mayRead("11", "group:staff"))
        #expect(reading.mayRead("11", "group:staff", "group:leads"))
    }

    @Test func `the sample space's traps hold: a name below does not open what the page above shuts`()
        async throws
    {
        let reading = await Reading(try SpaceExportSource(path: Fixtures.url("space")))
        let plan = try #require(
            reading.documents.first { $0.document.title.hasPrefix("Reorganisation 2027") }?.document)
        let everybody = "group:confluence-users"
        #expect(!reading.mayRead(plan.id, everybody, "user:ruth.castellano"))
        #expect(!reading.mayRead(plan.id, everybody, "user:ruth.castellano", "group:people-ops"))
        #expect(reading.mayRead(plan.id, everybody, "group:leads", "group:people-ops"))
        #expect(!reading.mayRead(plan.id, "group:leads", "group:people-ops"))
    }
}
