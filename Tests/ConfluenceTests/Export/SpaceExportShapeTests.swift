import Corpus
import Foundation
import Sourcing
import TestSupport
import Testing

@testable import Confluence

/// Exports as other programs and other versions write them.
@Suite struct `Exports of other shapes` {
    typealias Build = SpaceExportBuilder

    private func ids(_ reading: Reading) -> [String] { reading.documents.map(\.document.id) }

    private func reading(entities: String, descriptor: String? = "exportType=space\nspaceKey=DOC\n")
        async throws
        -> Reading
    {
        let folder = try TemporaryDirectory()
        try folder.write(entities, to: "entities.xml")
        if let descriptor { try folder.write(descriptor, to: "exportDescriptor.properties") }
        let reading = await Reading(try SpaceExportSource(path: folder.url))
        withExtendedLifetime(folder) {}
        return reading
    }

    @Test func `a zip packed on Windows gives what the folder gives`() async throws {
        let folder = await Reading(try SpaceExportSource(path: Fixtures.url("exports/confluence-8.5")))
        let zip = await Reading(try SpaceExportSource(path: Fixtures.url("exports/windows.zip")))
        #expect(zip.error == nil && zip.listed == folder.listed)
        #expect(ids(zip) == ids(folder) && !ids(zip).isEmpty)
        for id in ids(folder) {
            #expect(zip.body(id)?.replacing("\r\n", with: "\n") == folder.body(id), "\(id)")
            #expect(zip.document(id)?.document.readers == folder.document(id)?.document.readers)
        }
    }

    @Test func `an export without a descriptor, or with its folder around it, is read`() async throws {
        var build = Build()
        build.descriptor = nil
        build.space("DOC", id: "1")
        build.page("10", "Plan")
        #expect(ids(try await Reading(build)) == ["10"])
        let folder = try TemporaryDirectory()
        try folder.write(build.entities, to: "Confluence-export/entities.xml")
        #expect(SpaceExportSource.isExport(folder: folder.url))
        #expect(ids(await Reading(try SpaceExportSource(path: folder.url))) == ["10"])
    }

    @Test func `a byte order mark, DOS line ends and full class names change nothing`() async throws {
        var build = Build()
        build.space("DOC", id: "1")
        build.page("10", "Plan", parts: [Build.collection("historicalVersions", "Page", ["11"])])
        build.page("11", "Old")
        let plain = build.entities
        let full = plain.replacing(
            "class=\"Page\" package=\"p\"", with: "class=\"com.atlassian.confluence.pages.Page\"")
        for entities in [plain, "\u{FEFF}" + plain, plain.replacing("\n", with: "\r\n"), full] {
            let reading = try await reading(entities: entities)
            #expect(reading.error == nil && ids(reading) == ["10"], "\(entities.prefix(60))")
        }
    }

    @Test
    func `objects that nest composite ids and collections of texts are passed over or read as they are`()
        async throws
    {
        var build = Build()
        build.space("DOC", id: "1")
        build.page("10", "Plan")
        build.objects.insert(
            """
            <object class="BucketPropertySetItem" package="bucket.user.propertyset"><composite-id>\
            <property name="entityName"><![CDATA[x]]></property><property name="entityId">10</property>\
            <property name="key">k</property></composite-id><property name="type">5</property></object>
            """, at: 0)
        build.object(
            "Comment", "20",
            [
                "<composite-id><property name=\"id\">99</property></composite-id>",
                "<collection name=\"tags\"><element type=\"string\"><![CDATA[a]]></element></collection>",
                "<collection name=\"more\"><composite-element><property name=\"id\">1</property>"
                    + "</composite-element></collection>",
                Build.reference("containerContent", "Page", "10"),
            ])
        let reading = try await Reading(build)
        #expect(ids(reading) == ["10", "20"])
    }

    @Test func `an empty reference opens nothing, nor does a subject of an unknown kind`() async throws {
        func viewers(_ subject: String) async throws -> Reading {
            var build = Build()
            build.space("DOC", id: "1", viewers: [])
            build.viewPermission("5", space: "1", [subject])
            build.page("10", "Plan")
            return try await Reading(build)
        }
        let anonymous = try await viewers("<property name=\"group\"/>")
        #expect(!anonymous.mayRead("10") && anonymous.mayRead("10", "signed-in"))
        for subject in [
            "<property name=\"userSubject\" class=\"ConfluenceUserImpl\"><id name=\"key\"></id></property>",
            "<property name=\"teamSubject\"><![CDATA[blue]]></property>",
            "<property name=\"teamSubject\" class=\"Team\"><id name=\"id\">4</id></property>",
        ] {
            let reading = try await viewers(subject)
            #expect(!reading.mayRead("10") && !reading.mayRead("10", "user:ann", "group:staff"), "\(subject)")
        }
    }

    @Test func `two bodies with one id do not show one page's text on another page`() async throws {
        var build = Build()
        build.space("DOC", id: "1")
        build.page("10", "Open", body: nil, parts: [Build.collection("bodyContents", "BodyContent", ["90"])])
        build.page("11", "Shut", body: nil)
        for (owner, text) in [("10", "open text"), ("11", "shut text")] {
            build.object(
                "BodyContent", "90",
                [
                    Build.text("body", text), Build.reference("content", "Page", owner),
                    "<property name=\"bodyType\">2</property>",
                ])
        }
        build.page(
            "12", "Lists another's", body: nil,
            parts: [Build.collection("bodyContents", "BodyContent", ["90"])])
        let reading = try await Reading(build)
        #expect(reading.body("10") == "open text" && reading.body("11") == "shut text")
        #expect(reading.body("12") == "")
    }

    @Test func `of two pages with one id the first is taken, and a warning says so`() async throws {
        var build = Build()
        build.space("DOC", id: "1")
        build.page("10", "First")
        build.page("10", "Second")
        let reading = try await Reading(build)
        #expect(reading.document("10")?.document.title == "First")
        #expect(reading.warnings.contains { $0.contains("ids 10") })
    }

    @Test func `hashes are nobody's name`() async throws {
        var build = Build()
        build.space("DOC", id: "1")
        build.user("8a7f80817a", name: "4028abcd4028abcd4028abcd4028abcd")
        let author = Build.reference("creator", "ConfluenceUserImpl", "8a7f80817a")
        build.page("10", "Plan", parts: [author])
        #expect(try await Reading(build).document("10")?.document.author == nil)
    }

    @Test func `a site backup tells who is in which group, through groups in groups and in circles`()
        async throws
    {
        var build = Build()
        build.descriptor = "exportType=all\n"
        build.space("DOC", id: "1")
        build.page("10", "Plan")
        build.object("InternalUser", "900", [Build.text("name", "Dana"), Build.text("lowerName", "dana")])
        build.object("InternalUser", "901", [Build.text("name", "eli")])
        build.object("InternalGroup", "910", [Build.text("name", "Staff")])
        build.object("InternalGroup", "911", [Build.text("name", "night")])
        func member(_ id: String, _ group: String, _ name: String, _ className: String, _ member: String) {
            build.object(
                "HibernateMembership", id,
                [
                    Build.reference("parentGroup", "InternalGroup", group),
                    Build.reference(name, className, member),
                ])
        }
        member("1", "910", "userMember", "InternalUser", "900")
        member("2", "910", "groupMember", "InternalGroup", "911")
        member("3", "911", "userMember", "InternalUser", "901")
        member("4", "911", "groupMember", "InternalGroup", "910")
        member("5", "911", "userMember", "InternalUser", "777")
        let folder = try build.folder()
        var source = try SpaceExportSource(path: folder.url)
        let told = Told()
        source.onMemberships = { await told.set($0) }
        #expect(ids(await Reading(source)) == ["10"])
        let both: Set<Principal> = [.user("dana"), .user("eli")]
        #expect(
            await told.memberships == [
                GroupMembership(group: .group("Staff"), members: both),
                GroupMembership(group: .group("night"), members: both),
                GroupMembership(group: .group("staff"), members: both),
            ])
    }

    private actor Told {
        var memberships: [GroupMembership] = []
        func set(_ found: [GroupMembership]) { memberships = found }
    }
}

@Suite struct `Attachments in exports` {
    typealias Build = SpaceExportBuilder

    private func build(_ names: [(id: String, name: String)]) -> Build {
        var build = Build()
        build.space("DOC", id: "1")
        build.page("10", "Plan")
        for (id, name) in names {
            build.object(
                "Attachment", id,
                [
                    Build.text("title", name), Build.reference("containerContent", "Page", "10"),
                    "<property name=\"version\">2</property>",
                ])
        }
        return build
    }

    @Test func `office files, PDFs and tables are documents whose passages name their page or sheet`()
        async throws
    {
        let names = ["report.docx", "budget.xlsx", "deck.pptx", "handbook.pdf", "fees.html", "ports.csv"]
        var build = build(names.enumerated().map { ("4\($0)", $1) })
        for (index, name) in names.enumerated() {
            build.files["attachments/10/4\(index)/2"] = try Fixtures.data("attachments/\(name)")
        }
        let reading = try await Reading(build)
        #expect(reading.documents.count == 7 && reading.skipped.isEmpty, "\(reading.skipped)")
        #expect(reading.body("att41")?.contains("<h1>Sheet Budget</h1>") == true)
        #expect(reading.body("att42")?.contains("<h1>Slide 1: Harbour plan</h1>") == true)
        #expect(reading.body("att43")?.contains("<h1>Page 2</h1>") == true)
        #expect(reading.warnings.contains { $0.contains("att41") && $0.contains("Salaries") })
    }

    @Test func `a file is found under another version, after a move, and not under another attachment`()
        async throws
    {
        var build = build([("40", "a.txt"), ("41", "b.txt"), ("42", "c.txt")])
        build.files["attachments/10/40/1"] = Data("one".utf8)
        build.files["attachments/99/41/2.txt"] = Data("two".utf8)
        build.files["attachments/10/43/2"] = Data("three".utf8)
        let reading = try await Reading(build)
        #expect(reading.body("att40") == "one" && reading.body("att41") == "two")
        #expect(reading.skip("att42")?.reason.contains("does not hold") == true)
    }

    @Test func `a damaged attachment in a zip is reported, and those behind it are read`() async throws {
        var build = build([("40", "a.txt"), ("41", "b.txt"), ("42", "c.txt")])
        build.files["attachments/10/40/2"] = Data("first words".utf8)
        build.files["attachments/10/41/2"] = Data("second words".utf8)
        build.files["attachments/10/42/2"] = Data("third words".utf8)
        var data = build.zip().data
        let place = try #require(data.firstRange(of: Data("second".utf8))).lowerBound
        data[place] ^= 1
        let folder = try TemporaryDirectory()
        let file = try folder.write(data, to: "export.zip")
        let reading = await Reading(try SpaceExportSource(path: file))
        #expect(reading.error == nil && reading.listed == ["DOC"])
        #expect(reading.body("att40") == "first words" && reading.body("att42") == "third words")
        let skip = reading.skip("att41")
        #expect(
            skip?.isFailure == true && skip?.reason.contains("damaged") == true, "\(String(describing: skip))"
        )
    }

    @Test func `an attachment that lies is reported with its id, and the rest goes on`() async throws {
        var build = build([("40", "sign-in.pdf"), ("41", "b.txt")])
        build.files["attachments/10/40/2"] = Data("<!DOCTYPE html><html>Sign in</html>".utf8)
        build.files["attachments/10/41/2"] = Data("words".utf8)
        let reading = try await Reading(build)
        #expect(reading.skip("att40")?.isFailure == true)
        #expect(reading.skip("att40")?.reason.contains("it is a PDF, but holds HTML") == true)
        #expect(reading.body("att41") == "words")
    }
}
