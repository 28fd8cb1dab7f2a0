import Corpus
import Documents
import Foundation
import Sourcing
import TestSupport
import Testing

@testable import Confluence

@Suite struct `Space export` {
    typealias Build = SpaceExportBuilder

    @Test func `the sample space gives its live pages, posts, comments and text attachments, and no others`()
        async throws
    {
        let reading = await Reading(try SpaceExportSource(path: Fixtures.url("space")))
        #expect(reading.error == nil)
        #expect(reading.listed == ["ENG"])
        #expect(reading.spaces.map(\.name) == ["Engineering Handbook"])
        let kinds = Dictionary(grouping: reading.documents, by: \.document.kind).mapValues(\.count)
        let sources = try FileManager.default.contentsOfDirectory(
            atPath: Fixtures.url("space-source/pages").path)
        #expect((kinds[.page] ?? 0) + (kinds[.blogPost] ?? 0) == sources.count)
        #expect((kinds[.comment] ?? 0) > 0)
        #expect((kinds[.attachment] ?? 0) > 0)
        #expect(
            reading.expected == [reading.documents.count + reading.skipped.count])
        #expect(reading.skipped.allSatisfy { !$0.isFailure }, "\(reading.skipped)")
        #expect(reading.documents.allSatisfy { $0.document.spaceKey == "ENG" && $0.document.text.isEmpty })
        #expect(reading.documents.allSatisfy { $0.document.updatedAt != nil && $0.document.author != nil })
        #expect(
            reading.documents.allSatisfy {
                $0.document.url?.hasPrefix("https://wiki.tidewater.example/") == true
            })
        #expect(Set(reading.documents.map(\.document.id)).count == reading.documents.count)
    }

    @Test func `a zip and the folder with its contents give the same documents`() async throws {
        var build = Build()
        build.space("DOC", id: "1")
        build.page("10", "One", body: "<p>one</p>")
        build.page("11", "Two", parent: "10")
        let folder = try build.folder()
        let zip = try folder.write(build.zip().data, to: "export.zip")
        let fromFolder = await Reading(try SpaceExportSource(path: folder.url))
        let fromZip = await Reading(try SpaceExportSource(path: zip))
        #expect(fromFolder.documents.map(\.document) == fromZip.documents.map(\.document))
        #expect(fromZip.documents.map(\.document.title) == ["One", "Two"])
        #expect(fromZip.body("10") == "<p>one</p>")
        #expect(fromZip.error == nil && fromFolder.error == nil)
    }

    @Test func `the order of objects does not matter`() async throws {
        var build = Build()
        build.space("DOC", id: "1")
        build.user("k1", name: "Ann.Lee", fullName: "Ann Lee")
        build.page("10", "Root", parts: [Build.reference("creator", "ConfluenceUserImpl", "k1")])
        build.page("11", "Child", parent: "10")
        build.restrict("10", set: "500", users: ["k1"])
        build.object("Label", "70", [Build.text("name", "runbook"), Build.text("namespace", "global")])
        build.object(
            "Labelling", "71",
            [Build.reference("label", "Label", "70"), Build.reference("content", "Page", "11")])
        let forward = try await Reading(build)
        for seed in UInt64(1)...5 {
            var generator = SeededGenerator(seed: seed)
            build.objects.shuffle(using: &generator)
            let shuffled = try await Reading(build)
            #expect(shuffled.documents.map(\.document) == forward.documents.map(\.document), "seed \(seed)")
        }
        #expect(forward.document("11")?.document.labels == ["runbook"])
        #expect(forward.document("11")?.document.ancestors == [Ancestor(id: "10", title: "Root")])
        #expect(forward.document("10")?.document.author == "Ann Lee")
    }

    @Test func `old versions, trash, drafts and pages of other spaces are no documents`() async throws {
        var build = Build()
        build.space("DOC", id: "1")
        build.space("OTHER", id: "2")
        build.page("10", "Live", parts: [Build.collection("historicalVersions", "Page", ["12"])])
        build.page("11", "Old by reference", parts: [Build.reference("originalVersion", "Page", "10")])
        build.page("12", "Old by listing", space: nil)
        build.page("13", "Old by number", parts: ["<property name=\"originalVersionId\">10</property>"])
        build.page("14", "Trashed", parts: [Build.text("contentStatus", "deleted")])
        build.page("15", "Draft", parts: [Build.text("contentStatus", "draft")])
        build.page("16", "Elsewhere", space: "2")
        let reading = try await Reading(build)
        #expect(reading.documents.map(\.document.title) == ["Live"])
        #expect(reading.skip("14")?.reason == "it is in the trash")
        #expect(reading.skip("15")?.reason == "it is a draft")
        #expect(reading.skip("16")?.reason.contains("OTHER") == true)
        #expect(reading.skipped.allSatisfy { !$0.isFailure })
        #expect(reading.listed == ["DOC"])
    }

    @Test func `a comment is a document of its own with its page's readers, replies too`() async throws {
        var build = Build()
        build.space("DOC", id: "1")
        build.page("10", "Plan")
        build.restrict("10", set: "500", groups: ["leads"])
        build.object("Comment", "30", [Build.reference("containerContent", "Page", "10")])
        build.object("Comment", "31", [Build.reference("parent", "Comment", "30")])
        build.object("Comment", "32", [Build.reference("owner", "Page", "99")])
        build.object(
            "BodyContent", "300",
            [Build.text("body", "<p>Yes</p>"), Build.reference("content", "Comment", "31")])
        let reading = try await Reading(build, baseURL: "https://wiki.example/confluence")
        let reply = try #require(reading.document("31")?.document)
        #expect(reply.kind == .comment)
        #expect(reply.title == "Comment on Plan")
        #expect(
            reply.url == "https://wiki.example/confluence/pages/viewpage.action?pageId=10&focusedCommentId=31"
        )
        #expect(reply.ancestors.map(\.id) == ["10"])
        #expect(reply.readers == reading.document("10")?.document.readers)
        #expect(reading.body("31") == "<p>Yes</p>")
        #expect(reading.document("32") == nil)
        #expect(reading.skip("32") != nil)
    }

    @Test func `of an attachment the newest version is read, and only if it can be`() async throws {
        var build = Build()
        build.space("DOC", id: "1")
        build.page("10", "Plan")
        func attach(_ id: String, _ name: String, _ type: String, version: Int, _ parts: [String] = []) {
            build.object(
                "Attachment", id,
                [
                    Build.text("fileName", name), Build.text("contentType", type),
                    Build.reference("content", "Page", "10"),
                    "<property name=\"attachmentVersion\">\(version)</property>",
                ] + parts)
        }
        attach("40", "notes.txt", "text/plain", version: 1)
        attach("41", "notes.txt", "text/plain", version: 2)
        attach("42", "plan.png", "image/png", version: 1)
        attach("43", "liar.txt", "text/plain", version: 1)
        attach("44", "gone.txt", "text/plain", version: 1)
        attach(
            "45", "huge.txt", "text/plain", version: 1, ["<property name=\"fileSize\">99999999</property>"])
        build.files["attachments/10/40/1"] = Data("old".utf8)
        build.files["attachments/10/41/2"] = Data("née".utf8)
        build.files["attachments/10/43/1"] = Data([0x50, 0x4B, 0, 1])
        let reading = try await Reading(build, baseURL: "https://example.atlassian.net")
        #expect(reading.documents.map(\.document.id) == ["10", "att41"])
        #expect(reading.body("att41") == "née")
        #expect(
            reading.document("att41")?.document.url
                == "https://example.atlassian.net/wiki/download/attachments/10/notes.txt")
        #expect(reading.skip("att42")?.isFailure == false)
        #expect(reading.skip("att43")?.isFailure == true)
        #expect(reading.skip("att44")?.isFailure == true)
        #expect(reading.skip("att45")?.reason.contains("larger") == true)
    }

    @Test func `bodies come as storage format, plain text and wiki markup`() async throws {
        var build = Build()
        build.space("DOC", id: "1")
        build.page("10", "Storage", body: "<ac:x><![CDATA[a[b[0]] > 1]]></ac:x>")
        build.page("11", "Plain", body: "a < b", bodyType: 1)
        build.page("12", "Wiki", body: "h2. Title\n\n* *one*\n* two", bodyType: 0)
        build.page("13", "Unknown", body: "{}", bodyType: 8)
        build.page("14", "Empty", body: nil)
        let reading = try await Reading(build)
        #expect(reading.body("10") == "<ac:x><![CDATA[a[b[0]] > 1]]></ac:x>")
        guard case .plain("a < b")? = reading.document("11")?.body else {
            Issue.record("\(String(describing: reading.document("11")?.body))")
            return
        }
        #expect(reading.body("12") == "<h2>Title</h2><ul><li><strong>one</strong></li><li>two</li></ul>")
        #expect(reading.skip("13")?.isFailure == true)
        #expect(reading.body("14") == "")
    }

    @Test func `a page without its own space belongs to the space of its parent`() async throws {
        var build = Build()
        build.space("DOC", id: "1")
        build.space("OTHER", id: "2")
        build.page("10", "Root")
        build.page("11", "Child", parent: "10", space: nil)
        let reading = try await Reading(build)
        #expect(reading.documents.map(\.document.spaceKey) == ["DOC", "DOC"])
    }

    @Test func `a site backup gives every space but archived ones`() async throws {
        var build = Build()
        build.descriptor = "exportType=all\n"
        build.space("A", id: "1")
        build.space("B", id: "2")
        build.space("OLD", id: "3", parts: [Build.text("spaceStatus", "ARCHIVED")])
        build.page("10", "In A")
        build.page("11", "In B", space: "2")
        build.page("12", "In the archive", space: "3")
        let reading = try await Reading(build)
        #expect(reading.listed == ["A", "B"])
        #expect(reading.documents.map(\.document.title) == ["In A", "In B"])
        #expect(reading.warnings.contains { $0.contains("OLD") })
    }

    @Test func `mentions are resolved by user key, user name and account id`() async throws {
        var build = Build()
        build.space("DOC", id: "1")
        build.object(
            "ConfluenceUserImpl", "ff01",
            [
                Build.text("name", "Ann"), Build.text("lowerName", "ann"),
                Build.text("atlassianAccountId", "5b:1"),
            ])
        build.object(
            "InternalUser", "7",
            [Build.text("name", "Ann"), Build.text("firstName", "Ann"), Build.text("lastName", "Lee")])
        build.page("10", "Root")
        let people = try #require(try await Reading(build).document("10")?.references)
        #expect(people.displayName(of: .userKey("ff01")) == "Ann Lee")
        #expect(people.displayName(of: .username("ANN")) == "Ann Lee")
        #expect(people.displayName(of: .accountID("5b:1")) == "Ann Lee")
        #expect(people.displayName(of: .userKey("ff02")) == nil)
    }

    @Test func `dates are read in the zone that the export names`() async throws {
        var build = Build()
        build.descriptor = "spaceKey=DOC\nexportType=space\ntimezoneId=America/Halifax\n"
        build.space("DOC", id: "1")
        build.page(
            "10", "Root",
            parts: ["<property name=\"lastModificationDate\">2026-07-01 09:30:15.250</property>"])
        let date = try #require(try await Reading(build).document("10")?.document.updatedAt)
        #expect(date == confluenceDate("2026-07-01T12:30:15.250Z"))
    }

    @Test func `reading stops when the reader does`() async throws {
        let source = try SpaceExportSource(path: Fixtures.url("space"))
        var count = 0
        for try await _ in source.events(storedVersion: { _ in nil }) {
            count += 1
            if count == 3 { break }
        }
        #expect(count == 3)
    }
}
