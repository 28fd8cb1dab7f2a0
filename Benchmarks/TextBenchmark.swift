import Corpus
import Documents
import Foundation
import Ingest
import Models
import Text

/// How fast do pages become text, chunks and token ids? `scripts/bench text` asks the same of the peers.
///
///     text measure FILE [--model DIR] [--seconds N]    seconds a pass over all pages, as JSON
///     text write FILE [--model DIR]                    texts, ids and chunks, as JSON, for comparing
///     text ids FILE [--model DIR]                      the ids of each text of FILE, as JSON
///
/// FILE is a JSON array of strings. One thread; reading and opening are not measured.
enum TextBenchmark {
    struct UsageError: Error, CustomStringConvertible {
        var description: String
    }

    private struct Figures: Encodable {
        /// Median seconds of a pass.
        var render: Double
        var chunks: Double
        var tokenize: Double
        /// Of the pages; of the texts that were tokenized.
        var pageBytes: Int
        var textBytes: Int
        var chunkCount: Int
        var tokenCount: Int
    }

    private struct Output: Encodable {
        struct Passage: Encodable {
            var text: String
            var tokens: Int
        }
        var texts: [String]
        var ids: [[Int32]]
        var chunks: [Passage]
    }

    static func run(arguments: [String]) throws {
        guard arguments.count >= 2 else {
            throw UsageError(description: "usage: text measure|write|ids FILE [--model DIR] [--seconds N]")
        }
        func value(_ name: String) -> String? {
            guard let i = arguments.firstIndex(of: name), i + 1 < arguments.count else { return nil }
            return arguments[i + 1]
        }
        let model = value("--model").map { URL(filePath: $0) } ?? LocalEmbedder.defaultDirectory()
        let data = try Data(contentsOf: URL(filePath: arguments[1]))
        let pages = try JSONDecoder().decode([String].self, from: data)
        let work = Work(tokenizer: try WordPieceTokenizer(vocabulary: model.appending(path: "vocab.txt")))
        let result: Data
        switch arguments[0] {
        case "measure":
            result = try encoded(measure(work, pages, seconds: value("--seconds").flatMap(Double.init) ?? 3))
        case "write": result = try encoded(write(work, pages))
        case "ids": result = try encoded(pages.map(work.ids))
        default: throw UsageError(description: "text takes measure, write or ids, not \(arguments[0])")
        }
        FileHandle.standardOutput.write(result + Data("\n".utf8))
    }

    private static func encoded(_ value: some Encodable) throws -> Data {
        try JSONEncoder().encode(value)
    }

    private static func measure(_ work: Work, _ pages: [String], seconds: Double) throws -> Figures {
        let texts = try pages.map { try work.rendered($0).text }
        var (chunkCount, tokenCount, textBytes) = (0, 0, 0)
        let render = try median(seconds / 3) {
            textBytes = try pages.reduce(0) { try $0 + work.rendered($1).text.utf8.count }
        }
        let chunks = try median(seconds / 3) {
            chunkCount = try pages.reduce(0) { try $0 + work.chunks($1).count }
        }
        let tokenize = try median(seconds / 3) { tokenCount = texts.reduce(0) { $0 + work.ids($1).count } }
        return Figures(
            render: render, chunks: chunks, tokenize: tokenize,
            pageBytes: pages.reduce(0) { $0 + $1.utf8.count }, textBytes: textBytes, chunkCount: chunkCount,
            tokenCount: tokenCount)
    }

    private static func write(_ work: Work, _ pages: [String]) throws -> Output {
        let texts = try pages.map { try work.rendered($0).text }
        let chunks = try pages.flatMap { try work.chunks($0) }
        return Output(
            texts: texts, ids: texts.map(work.ids),
            chunks: chunks.map { Output.Passage(text: $0.embeddedText, tokens: $0.tokenCount) })
    }

    /// Seconds a pass, the middle of at least five.
    private static func median(_ seconds: Double, _ pass: () throws -> Void) throws -> Double {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(seconds)
        var times: [Double] = []
        while times.count < 5 || clock.now < end {
            times.append(try clock.measure(pass) / .seconds(1))
        }
        return times.sorted()[times.count / 2]
    }

    /// One page's way, as an ingest goes it.
    private struct Work {
        let parser = StorageFormatParser()
        let renderer = TextRenderer()
        let tokenizer: WordPieceTokenizer
        let chunker: Chunker

        init(tokenizer: WordPieceTokenizer) {
            self.tokenizer = tokenizer
            chunker = Chunker(counter: tokenizer)
        }

        func rendered(_ page: String) throws -> RenderedText {
            renderer.render(try parser.parse(page).blocks, title: "A page")
        }

        func chunks(_ page: String) throws -> [Chunk] {
            chunker.chunks(of: try rendered(page), title: "A page")
        }

        func ids(_ text: String) -> [Int32] {
            tokenizer.encode(text, maxTokens: .max)
        }
    }
}
