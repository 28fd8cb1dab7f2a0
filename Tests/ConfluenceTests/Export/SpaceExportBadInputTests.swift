import Corpus
import Foundation
import Sourcing
import TestSupport
import Testing

@testable import Confluence
@testable import Documents

@Suite struct `Bad space exports` {
    typealias Build = SpaceExportBuilder

    private var build: Build {
        var build = Build()
        build.space("DOC", id: "1")
        for index in 10..<30 { build.page("\(index)", "Page \(index)") }
        return build
    }

    /// What opening and reading the file gives: no bad input may yield a listing.
    private func failure(
        of data: Data, limits: ZipLimits = ZipLimits()
    ) async throws -> SpaceExportError? {
        let folder = try TemporaryDirectory()
        let file = try folder.write(data, to: "export.zip")
        do {
            let source = try SpaceExportSource(path: file, limits: limits)
            let reading = await Reading(source)
            #expect(reading.listed.isEmpty && reading.documents.isEmpty)
            return reading.error as? SpaceExportError
        } catch let error as SpaceExportError {
            return error
        }
    }

    private func failure(ofEntities entities: String) async throws -> SpaceExportError? {
        var zip = ZipWriter()
        zip.add("exportDescriptor.properties", Data("spaceKey=DOC\nexportType=space\n".utf8))
        zip.add("entities.xml", Data(entities.utf8))
        return try await failure(of: zip.data)
    }

    @Test func `a path that does not exist is named`() throws {
        let path = "/nowhere/export.zip"
        #expect(throws: SpaceExportError.unreadable(path: path, reason: "there is no such file or folder")) {
            try SpaceExportSource(path: URL(fileURLWithPath: path))
        }
    }

    @Test func `a file that is no zip is refused as that`() async throws {
        for data in [
            Data(), Data("hello".utf8), Data(repeating: 0, count: 100_000), Data("<html></html>".utf8),
        ] {
            guard case .notAZip? = try await failure(of: data) else {
                Issue.record("\(String(describing: try await failure(of: data)))")
                continue
            }
        }
    }

    @Test(arguments: [0.02, 0.3, 0.5, 0.9, 0.99, 0.9999])
    func `a zip cut short is refused as damaged, wherever it is cut`(share: Double) async throws {
        let whole = build.zip().data
        let cut = whole.prefix(Int(Double(whole.count) * share))
        guard case .damagedZip? = try await failure(of: cut) else {
            Issue.record("cut at \(cut.count) of \(whole.count)")
            return
        }
    }

    @Test func `a zip with a flipped byte in its data is refused as damaged`() async throws {
        var data = build.zip().data
        let place = try #require(data.firstRange(of: Data("Page 20".utf8))).lowerBound
        data[place] ^= 1
        guard case .damagedZip? = try await failure(of: data) else {
            Issue.record("the checksum was not looked at")
            return
        }
    }

    @Test(arguments: ["../evil", "a/../../evil", "/etc/passwd", "..\\evil", "C:\\evil", "a/..", "C:evil"])
    func `an entry whose name leads out of the archive is refused by name`(name: String) async throws {
        var zip = build.zip()
        zip.add(name, Data("x".utf8))
        guard case .unsafeEntryName(_, let entry)? = try await failure(of: zip.data) else {
            Issue.record("“\(name)” was accepted")
            return
        }
        // libarchive may show a backslash as a slash.
        #expect(entry.replacing("\\", with: "/") == name.replacing("\\", with: "/"))
    }

    @Test func `an encrypted entry is refused as that`() async throws {
        var zip = build.zip()
        zip.add("secret.txt", Data("x".utf8), isEncrypted: true)
        guard case .encryptedZip(_, "secret.txt")? = try await failure(of: zip.data) else {
            Issue.record("the encrypted entry was accepted")
            return
        }
    }

    @Test func `two entities files in one zip are refused`() async throws {
        var zip = build.zip()
        zip.add("entities.xml", Data(build.entities.utf8))
        guard case .duplicateEntry(_, "entities.xml")? = try await failure(of: zip.data) else {
            Issue.record("the second entities.xml was accepted")
            return
        }
    }

    @Test func `a zip bomb is refused by its ratio before it is unpacked`() async throws {
        let bomb = try Fixtures.data("exports/bomb.zip")
        guard case .limitExceeded(_, .compressionRatio, let found, 200)? = try await failure(of: bomb) else {
            Issue.record("the bomb was accepted")
            return
        }
        #expect(found > 200)
    }

    @Test func `a zip bomb that lies about its size is refused, too`() async throws {
        var bomb = try Fixtures.data("exports/bomb.zip")
        let directory = try #require(bomb.lastRange(of: Data([0x50, 0x4B, 1, 2]))).lowerBound
        bomb.replaceSubrange(directory + 24..<directory + 28, with: [0x10, 0, 0, 0])
        bomb.replaceSubrange(22..<26, with: [0x10, 0, 0, 0])
        let error = try await failure(of: bomb)
        switch error {
        case .damagedZip?, .limitExceeded?, .malformedEntities?: break
        default: Issue.record("\(String(describing: error))")
        }
    }

    @Test func `too many entries, or too many bytes, are refused with the limit`() async throws {
        let data = build.zip().data
        guard
            case .limitExceeded(_, .entryCount, 2, 1)? = try await failure(
                of: data, limits: ZipLimits(entryCount: 1))
        else {
            Issue.record("the entries were not counted")
            return
        }
        let error = try await failure(of: data, limits: ZipLimits(uncompressedBytes: 500))
        guard case .limitExceeded(_, .uncompressedBytes, _, 500)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(.timeLimit(.minutes(1))) func `a million laughs are refused before the first is told`() async throws
    {
        var entities = "<?xml version=\"1.0\"?>\n<!DOCTYPE hibernate-generic [\n<!ENTITY lol \"lol\">\n"
        for level in 1...9 {
            let previous = level == 1 ? "lol" : "lol\(level - 1)"
            entities += "<!ENTITY lol\(level) \"" + String(repeating: "&\(previous);", count: 10) + "\">\n"
        }
        entities +=
            "]>\n<hibernate-generic><object class=\"Page\"><property name=\"title\">&lol9;</property></object>"
        entities += "</hibernate-generic>"
        #expect(try await failure(ofEntities: entities) == .documentTypeDeclared(line: 2))
    }

    @Test func `an external entity is refused and nothing is fetched`() async throws {
        let entities = """
            <?xml version="1.0"?><!DOCTYPE hibernate-generic SYSTEM "file:///etc/passwd">
            <hibernate-generic></hibernate-generic>
            """
        #expect(try await failure(ofEntities: entities) == .documentTypeDeclared(line: 1))
    }

    @Test(arguments: [
        "", "no XML", "<html></html>", "<hibernate-generic>",
        "<hibernate-generic><object></hibernate-generic>",
        "<hibernate-generic>&nothing;</hibernate-generic>", "\0\0\0\0",
        "<hibernate-generic><object class=\"Page\"><property name=\"title\"><![CDATA[cut",
    ])
    func `XML that is broken, cut or foreign is refused with its line`(entities: String) async throws {
        guard case .malformedEntities? = try await failure(ofEntities: entities) else {
            Issue.record("accepted: \(entities)")
            return
        }
    }

    @Test func `a thousand nested elements are refused`() async throws {
        let nested = String(repeating: "<a>", count: 100_000)
        guard
            case .malformedEntities(_, let reason)? = try await failure(
                ofEntities: "<hibernate-generic><object class=\"Page\">\(nested)")
        else {
            Issue.record("the nesting was accepted")
            return
        }
        #expect(reason.contains("nests"))
    }

    @Test func `an export of another format is refused with what to do`() async throws {
        func hint(_ name: String) async throws -> SpaceExportError.Hint? {
            var zip = ZipWriter()
            zip.add(name, Data("x".utf8))
            guard case .notAnExport(_, let hint)? = try await failure(of: zip.data) else { return nil }
            return hint
        }
        #expect(try await hint("content.csv") == .csvExport)
        #expect(try await hint("DOC/index.html") == .htmlExport)
        #expect(try await hint("inner.zip") == .nestedZip)
        #expect(try await hint("a.txt") == .unknown)
        #expect(throws: SpaceExportError.self) { try SpaceExportSource(path: Fixtures.url("exports")) }
    }

    @Test(arguments: [
        ["index.html", "styles/site.css", "Home_1.html"], ["DOC/index.html", "DOC/styles/site.css"],
        ["index.html", "10001.html", "Plan_10002.html"], ["exportDescriptor.properties", "page.csv"],
    ])
    func `an unpacked export of another format is no folder of pages`(names: [String]) throws {
        let folder = try TemporaryDirectory()
        for name in names { try folder.write("<p>text</p>", to: name) }
        guard case .notAnExport(_, let hint)? = SpaceExportSource.refusal(ofFolder: folder.url) else {
            Issue.record("\(names) would be read")
            return
        }
        #expect(hint == (names.contains("page.csv") ? .csvExport : .htmlExport))
    }

    @Test(arguments: [
        ["index.html", "guide.html"], ["a.md", "b.xhtml"], ["notes_2024.html"], ["index.html"],
        ["tables.csv"], [],
    ])
    func `a folder of pages is one, also with an index among them`(names: [String]) throws {
        let folder = try TemporaryDirectory()
        for name in names { try folder.write("<p>text</p>", to: name) }
        #expect(SpaceExportSource.refusal(ofFolder: folder.url) == nil)
    }

    @Test func `an index that Confluence generated gives its folder away`() throws {
        let folder = try TemporaryDirectory()
        try folder.write("<html><p>Document generated by Confluence on May 1</p></html>", to: "index.html")
        #expect(SpaceExportSource.refusal(ofFolder: folder.url) != nil)
    }

    @Test func `a descriptor that names an absent space is refused with the spaces there are`() async throws {
        var build = build
        build.descriptor = "spaceKey=GONE\nexportType=space\n"
        #expect(try await failure(of: build.zip().data) == .spaceMissing(key: "GONE", found: ["DOC"]))
    }

    @Test func `every refusal says what is wrong and what to do`() {
        let path = "x.zip"
        let errors: [SpaceExportError] = [
            .unreadable(path: path, reason: "r"), .notAZip(path: path), .damagedZip(path: path, reason: "r"),
            .encryptedZip(path: path, entry: "e"), .unsafeEntryName(path: path, entry: "../e"),
            .duplicateEntry(path: path, entry: "e"), .notAnExport(path: path, hint: .csvExport),
            .limitExceeded(path: path, what: .compressionRatio, found: 900, limit: 200),
            .malformedEntities(line: 3, reason: "r"), .documentTypeDeclared(line: 2),
            .spaceMissing(key: "K", found: []),
        ]
        for error in errors {
            #expect(error.description.count > 30)
            #expect(error.description.hasSuffix("."))
            #expect(!error.description.contains("\n"))
        }
        #expect("\(errors[7])".contains("900") && "\(errors[7])".contains("200"))
    }

    @Test func `characters that XML forbids are dropped and the rest is kept`() async throws {
        var build = Build()
        build.space("DOC", id: "1")
        build.page("10", "A\u{8}B\u{1C}C", body: "<p>x\u{B}y \u{1F600} &amp;</p>")
        build.objects.append(
            "<object class=\"Label\"><id name=\"id\">7</id><property name=\"name\">a&#8;&#x1c;b&#65;</property></object>"
        )
        build.object(
            "Labelling", "71",
            [Build.reference("label", "Label", "7"), Build.reference("content", "Page", "10")])
        let reading = try await Reading(build)
        #expect(reading.document("10")?.document.title == "ABC")
        #expect(reading.body("10") == "<p>xy \u{1F600} &amp;</p>")
        #expect(reading.document("10")?.document.labels == ["abA"])
    }

    @Test func `a body over the limit is skipped with its page's id, and the rest goes on`() async throws {
        var build = Build()
        build.space("DOC", id: "1")
        build.page("10", "Huge", body: String(repeating: "<p>0123456789</p>", count: 700_000))
        build.page("11", "Small")
        let reading = try await Reading(build)
        #expect(reading.skip("10")?.isFailure == true)
        #expect(reading.documents.map(\.document.id) == ["11"])
    }
}
