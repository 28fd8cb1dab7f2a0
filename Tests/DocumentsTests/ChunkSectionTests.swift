import TestSupport
import Testing
import Text

@testable import Documents

/// Chunks and the sections that they are part of.
@Suite struct `Sections of chunks` {
    private let page: RenderedText = {
        let words = (0..<60).map { "Sentence number \($0) tells of pumps and valves." }.joined(separator: " ")
        let markup = """
            <p>Intro.</p><h2>Long</h2><p>\(words)</p><ul><li>one</li><li>two</li></ul><h2>Short</h2><p>Brief.</p>\
            <h2>Also short</h2><p>Briefer.</p>
            """
        let blocks = (try? StorageFormatParser().parse(markup).blocks) ?? []
        return TextRenderer().render(blocks, title: "Manual")
    }()

    private func chunks(_ strategy: ChunkerConfiguration.Strategy) throws -> [Chunk] {
        let configuration = try ChunkerConfiguration(
            strategy: strategy, maxTokens: 120, mergeBelowTokens: 40, overlapTokens: 20)
        return Chunker(configuration: configuration, counter: QuarterWordCounter())
            .chunks(of: page, title: "Manual")
    }

    private func text(_ range: Range<Int>?) -> String {
        range.map { String(decoding: Array(page.text.utf8)[$0], as: UTF8.self) } ?? ""
    }

    @Test(arguments: ChunkerConfiguration.Strategy.allCases)
    func `every chunk lies in its section`(strategy: ChunkerConfiguration.Strategy) throws {
        let chunks = try chunks(strategy)
        #expect(chunks.count > 3)
        for chunk in chunks {
            let section = try #require(chunk.section)
            #expect(section.lowerBound <= chunk.range.lowerBound)
            #expect(section.upperBound >= chunk.range.upperBound)
            #expect(chunk.tokenCount <= 120)
        }
    }

    @Test func `the parts of a long section share it, with its heading`() throws {
        let long = try chunks(.structure).filter { $0.headingPath == ["Long"] }
        #expect(long.count > 1)
        #expect(Set(long.map(\.section)).count == 1)
        #expect(text(long[0].section).hasPrefix("Long\n\nSentence number 0"))
        #expect(text(long[0].section).hasSuffix("- two"))
    }

    @Test func `joined sections are one parent`() throws {
        let last = try #require(try chunks(.structure).last)
        #expect(text(last.section) == "Short\n\nBrief.\n\nAlso short\n\nBriefer.")
    }

    @Test func `children are smaller and never reach over sections`() throws {
        let children = try chunks(.children)
        #expect(try children.count > chunks(.structure).count)
        #expect(children.allSatisfy { $0.tokenCount <= 40 })
        #expect(children.filter { $0.headingPath == ["Short"] }.map(\.text) == ["Brief."])
        #expect(
            Set(ChunkerConfiguration.Strategy.allCases.map(\.rawValue)) == ["structure", "fixed", "children"])
    }

    @Test func `anchors follow the product`() throws {
        let blocks = try StorageFormatParser().parse("<h2>Setting up VPN</h2><h2>Setting up VPN</h2>").blocks
        var renderer = TextRenderer()
        #expect(
            renderer.render(blocks, title: "My page").sections.compactMap(\.anchor)
                == ["Setting-up-VPN", "Setting-up-VPN.1"])
        renderer.anchors = .dataCenter
        #expect(
            renderer.render(blocks, title: "My page").sections.compactMap(\.anchor)
                == ["Mypage-SettingupVPN", "Mypage-SettingupVPN.1"])
    }
}
