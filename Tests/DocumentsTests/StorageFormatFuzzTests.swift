import Foundation
import TestSupport
import Testing

@testable import Documents

/// Pages as no editor would write them. The mutations are those that real damage makes: cut transfers,
/// flipped bytes, pieces pasted twice, tags that changed places.
@Suite struct `Storage format, mutated` {
    /// 60 rounds over at least 45 pages make at least 2,700 documents.
    private static let roundsPerPage = 60

    @Test(arguments: StorageFormatFixtures.names)
    func `a mutated page is parsed and rendered`(name: String) throws {
        let bytes = Array(try StorageFormatFixtures.source(name).utf8)
        let seed = name.utf8.reduce(UInt64(7)) { $0 &* 31 &+ UInt64($1) }
        var generator = SeededGenerator(seed: seed)
        for round in 0..<Self.roundsPerPage {
            let mutant = String(decoding: mutated(bytes, &generator), as: UTF8.self)
            let page = try StorageFormatParser().parse(mutant)
            let text = TextRenderer().render(page.blocks, title: name)
            #expect(text.hasSoundUnits, "\(name), seed \(seed), round \(round)")
            _ = MarkdownRenderer().render(page.blocks)
            _ = try BlockJSON.string(page.blocks)
        }
    }

    @Test(arguments: StorageFormatFixtures.names)
    func `what is repaired is well-formed`(name: String) throws {
        let bytes = Array(try StorageFormatFixtures.source(name).utf8)
        let seed = name.utf8.reduce(UInt64(11)) { $0 &* 37 &+ UInt64($1) }
        var generator = SeededGenerator(seed: seed)
        for round in 0..<Self.roundsPerPage {
            let mutant = String(decoding: mutated(bytes, &generator), as: UTF8.self)
            let repaired = StorageFormatRepair(StorageFormatCleaning(mutant).output).output
            var tree = StorageFormatTree(byteCount: 0, maxDepth: 256, maxElementCount: 10_000)
            let outcome = StorageFormatXML.parse(repaired, into: &tree, recovers: false)
            #expect(outcome == .complete, "\(name), seed \(seed), round \(round): \(mutant)")
        }
    }

    /// One to four mutations of six kinds, each kind as likely as the others.
    private func mutated(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
            let start = Int.random(in: 0..<bytes.count, using: &generator)
            let end = min(bytes.count, start + Int.random(in: 1...60, using: &generator))
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: bytes[start] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 1: bytes.removeSubrange(start...)
            case 2: bytes.removeSubrange(start..<end)
            case 3: bytes.insert(contentsOf: bytes[start..<end], at: start)
            case 4: bytes[start] = Array("<>&\"'/]!\0".utf8).randomElement(using: &generator) ?? 0
            default: swapTags(&bytes, &generator)
            }
        }
        return bytes
    }

    /// Exchanges two tags, wherever they stand.
    private func swapTags(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
        let starts = bytes.indices.filter { bytes[$0] == UInt8(ascii: "<") }
        guard let one = starts.randomElement(using: &generator),
            let other = starts.randomElement(using: &generator), one != other
        else { return }
        let (first, second) = (tag(bytes, at: min(one, other)), tag(bytes, at: max(one, other)))
        guard first.upperBound <= second.lowerBound else { return }
        let (firstBytes, secondBytes) = (Array(bytes[first]), Array(bytes[second]))
        bytes.replaceSubrange(second, with: firstBytes)
        bytes.replaceSubrange(first, with: secondBytes)
    }

    private func tag(_ bytes: [UInt8], at start: Int) -> Range<Int> {
        start..<(bytes[start...].firstIndex(of: UInt8(ascii: ">")).map { $0 + 1 } ?? bytes.count)
    }
}

extension RenderedText {
    /// Units are in order, within the text, on the borders of characters; sections and leads exist.
    var hasSoundUnits: Bool {
        let bytes = Array(text.utf8)
        var end = 0
        for unit in units {
            guard unit.range.lowerBound >= end, unit.range.upperBound <= bytes.count, !unit.range.isEmpty,
                sections.indices.contains(unit.section),
                String(validating: bytes[unit.range], as: UTF8.self) != nil
            else { return false }
            end = unit.range.upperBound
        }
        return true
    }
}
