import Corpus
import Documents
import Foundation
import Sourcing
import TestSupport
import Testing

@testable import Confluence

/// Bodies of which an export does not say how they are written, and spaces that it describes twice.
@Suite struct `Space exports that leave something open` {
    typealias Build = SpaceExportBuilder

    private static let wiki =
        "h2. Care\n\nOil it *every week*.\n\n* oil\n* filter\n\n||Part||Days||\n|valve|30|"
    private static let storage = "<h2>Care</h2><p>Oil it <strong>every week</strong>.</p>"

    private func text(of reading: Reading, _ id: String = "10") throws -> String {
        let blocks =
            switch try #require(reading.document(id)).body {
            case .storage(let storage): try StorageFormatParser().parse(storage).blocks
            case .events(let events): try StorageFormatParser().parse(events).blocks
            case .plain, .documentFormat: [Block]()
            }
        return TextRenderer().render(blocks, title: "Golden").text
    }

    private func reading(_ body: String, type: Int? = nil, build number: Int?) async throws -> Reading {
        var build = Build()
        build.space("DOC", id: "1")
        build.page("10", "Pump manual", body: body, bodyType: type)
        if let number { build.descriptor = "exportType=space\nspaceKey=DOC\nbuildNumber=\(number)\n" }
        return try await Reading(build)
    }

    @Test(arguments: [2037, 2182, nil])
    func `a body of an old Confluence that has no type is wiki markup`(build: Int?) async throws {
        let reading = try await reading(Self.wiki, build: build)
        #expect(try text(of: reading) == (try text(of: await self.reading(Self.wiki, type: 0, build: build))))
        #expect(try text(of: reading).contains("- oil\n- filter"))
        #expect(reading.warnings.count { $0.contains("wiki markup") } == 1)
    }

    @Test(arguments: [2037, 3047, 8500, nil])
    func `a body that is storage format is read as such, whatever the export's age`(build: Int?) async throws
    {
        let reading = try await reading(Self.storage, build: build)
        #expect(try text(of: reading) == "Care\n\nOil it every week.")
    }

    @Test func `running text is judged by the export's age`() async throws {
        let lines = "One line.\n\nAnother line."
        #expect(try text(of: await reading(lines, build: 2037)) == lines)
        #expect(try text(of: await reading(lines, build: nil)) == lines)
        #expect(try text(of: await reading(lines, build: 8500)) == "One line. Another line.")
        // What looks like HTML in wiki markup is a writer's example.
        let example = "h2. Tags\n\nWrite {{<p>}} and </p> around it.\n\n* <b>bold</b>"
        #expect(try text(of: await reading(example, build: 2037)).contains("- <b>bold</b>"))
        #expect(try text(of: await reading("h2. Care\n\n* oil", build: 8500)).contains("- oil"))
    }

    @Test func `a body that says its type is believed`() async throws {
        let reading = try await reading(Self.wiki, type: 2, build: 2037)
        #expect(try text(of: reading).contains("h2. Care"))
        #expect(reading.warnings.isEmpty)
    }

    @Test(arguments: ["exportType=space\nspaceKey=DOC\n", nil])
    func `pages of a space that is described twice are read once`(descriptor: String?) async throws {
        var build = Build()
        build.descriptor = descriptor
        build.space("DOC", id: "1")
        build.space("DOC", id: "200", viewers: ["others"])
        build.page("10", "Oil")
        build.page("20", "Old oil", space: "200")
        let reading = try await Reading(build)
        #expect(reading.documents.map(\.document.id).sorted() == ["10", "20"])
        #expect(reading.spaces.map(\.key) == ["DOC"] && reading.listed == ["DOC"] && reading.expected == [2])
        #expect(reading.mayRead("10", "group:staff") && !reading.mayRead("10", "group:others"))
        #expect(reading.mayRead("20", "group:others") && !reading.mayRead("20", "group:staff"))
        #expect(
            reading.warnings.count == 1 && reading.warnings[0].contains("ids 1, 200"), "\(reading.warnings)")
    }
}
