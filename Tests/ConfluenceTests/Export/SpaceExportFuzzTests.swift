import Corpus
import Foundation
import Sourcing
import TestSupport
import Testing

@testable import Confluence

/// Mutations are what damage looks like: bytes flipped, ranges removed, repeated, swapped or replaced by
/// characters that mean something to XML or zip. Three out of four touch one to four places.
@Suite struct `Mutated space exports` {
    private static let seed: UInt64 = 20_261_123

    private var original: SpaceExportBuilder {
        var build = SpaceExportBuilder()
        build.space("DOC", id: "1")
        build.user("k1", name: "Ann", fullName: "Ann Lee")
        for index in 10..<18 {
            build.page(
                "\(index)", "Page \(index) é", parent: index > 10 ? "\(index - 1)" : nil,
                body: "<p>text &amp; <ac:x><![CDATA[code]]></ac:x></p>", parts: [])
        }
        build.restrict("12", set: "500", users: ["k1"], groups: ["leads"])
        build.object("Comment", "30", [SpaceExportBuilder.reference("containerContent", "Page", "10")])
        return build
    }

    private func mutate(_ data: Data, using generator: inout SeededGenerator) -> Data {
        var bytes = [UInt8](data)
        let tokens: [[UInt8]] =
            [
                "<", ">", "]]>", "<![CDATA[", "&", "&#8;", "\"", "PK\u{3}\u{4}", "<object class=\"Page\">",
                "</",
            ]
            .map { Array($0.utf8) } + [[0], [0xFF], [0xEF, 0xBF, 0xBE]]
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            let end = min(bytes.count, place + Int.random(in: 1...40, using: &generator))
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 1: bytes.removeSubrange(place..<end)
            case 2: bytes.insert(contentsOf: bytes[place..<end], at: place)
            case 3: bytes.replaceSubrange(place..<end, with: tokens.randomElement(using: &generator) ?? [])
            default: bytes.insert(contentsOf: tokens.randomElement(using: &generator) ?? [], at: place)
            }
        }
        return Data(bytes)
    }

    @Test
    func `1,000 mutated entities files neither crash nor hang, and fail with a typed error or not at all`()
        async throws
    {
        let data = Data(original.entities.utf8)
        let folder = try original.folder()
        var generator = SeededGenerator(seed: Self.seed)
        var failureCount = 0
        for round in 0..<1000 {
            try folder.write(mutate(data, using: &generator), to: "entities.xml")
            let reading = await Reading(try SpaceExportSource(path: folder.url))
            if let error = reading.error {
                failureCount += 1
                #expect(error is SpaceExportError, "seed \(Self.seed), round \(round): \(error)")
                #expect(reading.listed.isEmpty && reading.documents.isEmpty)
            }
        }
        // Both outcomes must occur, or the mutations test nothing.
        #expect(failureCount > 200 && failureCount < 1000)
    }

    @Test func `1,000 mutated zip files neither crash nor hang, and never give half a listing`() async throws
    {
        let data = original.zip().data
        let whole = Set(try await Reading(original).documents.map(\.document.id))
        let folder = try TemporaryDirectory()
        var generator = SeededGenerator(seed: Self.seed)
        var failureCount = 0
        for round in 0..<1000 {
            let file = try folder.write(mutate(data, using: &generator), to: "export.zip")
            var error: (any Error)?
            do {
                let reading = await Reading(try SpaceExportSource(path: file))
                error = reading.error
                if error == nil, reading.listed == ["DOC"] {
                    // The checksum lets through what is unchanged only, be it under another name.
                    #expect(Set(reading.documents.map(\.document.id)) == whole, "round \(round)")
                }
            } catch let thrown {
                error = thrown
            }
            guard let error else { continue }
            failureCount += 1
            #expect(error is SpaceExportError, "seed \(Self.seed), round \(round): \(error)")
        }
        #expect(failureCount > 200)
    }
}
