import Foundation
import TestSupport
import Testing
import Text

@testable import Documents

@Suite struct `Pages as people write them` {
    /// The handbook's pages in storage format, or none where the fixture is not there.
    private static let pages: [(name: String, body: String)] = {
        let folder = Fixtures.url("space-source/pages")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.sorted().compactMap { name in
            (try? String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)).map { (name, $0) }
        }
    }()

    @Test func `keep every word, stay within budget and are no crumbs`() throws {
        try #require(!Self.pages.isEmpty)
        let chunker = Chunker(counter: QuarterWordCounter())
        var sizes: [Int] = []
        for (name, body) in Self.pages {
            let page = TextRenderer().render(try StorageFormatParser().parse(body).blocks, title: name)
            let chunks = chunker.chunks(of: page, title: name)
            sizes += chunks.map(\.tokenCount)
            #expect(chunks.allSatisfy { $0.tokenCount <= 254 }, "\(name)")
            let covered = chunks.reduce(into: Set<Int>()) { $0.formUnion($1.range) }
            let bytes = Array(page.text.utf8)
            let lost = page.units.flatMap(\.range).filter {
                !covered.contains($0) && !WhiteSpace.contains(bytes[$0])
            }
            #expect(lost.isEmpty, "\(name)")
            for section in page.sections {
                for heading in section.headingPath {
                    #expect(chunks.contains { $0.embeddedText.contains(heading) }, "\(name): \(heading)")
                }
            }
        }
        sizes.sort()
        #expect(sizes[sizes.count / 2] >= 60)
    }
}
