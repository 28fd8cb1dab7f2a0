import Foundation
import TestSupport
import Testing

@testable import Models

/// A line of `fixtures/encoder/reader.jsonl`: what an independent implementation makes of a pair.
struct ReaderReference: Decodable {
    var question: String
    var title: String
    var headings: [String]
    var text: String
    var ids: [Int32]
    /// Where the tokens of type 1 begin.
    var second: Int
    /// Start and end in UTF-8 bytes of each of the text's tokens.
    var places: [[Int]]
    var answers: Float
    /// Start and end logit of each of the text's tokens: little-endian 32-bit floats in base64.
    private var spans: String

    var passage: PassageReader.Passage { .init(title: title, headings: headings, text: text) }

    var logits: [Float] {
        let bytes = [UInt8](Data(base64Encoded: spans) ?? Data())
        return stride(from: 0, to: bytes.count - 3, by: 4).map { i in
            Float(bitPattern: bytes[i..<(i + 4)].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
        }
    }

    static func all() throws -> [ReaderReference] {
        try Fixtures.jsonLines("encoder/reader.jsonl", as: ReaderReference.self)
    }
}

/// The reader that the tests run: the repository's weights.
enum ReaderFolder {
    static let url = Fixtures.checkout.appending(path: "models/reader")
    static let reader = Result { () throws(ModelsError) in
        try PassageReader(directory: url, modelDirectory: LocalModelFolder.url, threads: 2)
    }
}

@Suite(.timeLimit(.minutes(5))) struct `Passage reader` {
    let reader: PassageReader
    let references: [ReaderReference]

    init() throws {
        reader = try ReaderFolder.reader.get()
        references = try ReaderReference.all()
    }

    @Test func `pairs have the ids and places of the reference`() throws {
        let tokenizer = try LocalModelFolder.tokenizer.get()
        for reference in references {
            let pair = tokenizer.encodePair(
                question: reference.question, lead: reference.passage.lead, text: reference.text)
            #expect(pair.input.ids == reference.ids, "\(reference.question.prefix(40))")
            #expect(pair.input.secondStart == reference.second)
            let places = reference.places.map { $0[0]..<$0[1] }
            #expect(pair.sources == places, "\(reference.question.prefix(40))")
        }
    }

    @Test func `logits equal the reference's to 2e-3 where they range to ten`() async throws {
        let exact = try PassageReader(
            file: ReaderFolder.url.appending(path: ReaderModel.fileName),
            modelDirectory: LocalModelFolder.url, threads: 1, precision: .floats)
        for reference in references {
            let reading = try #require(
                try await exact.read(question: reference.question, passages: [reference.passage]).first)
            #expect(abs(reading.answers - reference.answers) < 2e-3, "\(reference.question.prefix(40))")
            let logits = reading.tokens.flatMap { [$0.start, $0.end] }
            #expect(largestDifference(logits, reference.logits) < 2e-3, "\(reference.question.prefix(40))")
        }
    }

    @Test func `bytes for weights change logits little and no decision that is not near the line`()
        async throws
    {
        let coarse = try PassageReader(
            file: ReaderFolder.url.appending(path: ReaderModel.fileName),
            modelDirectory: LocalModelFolder.url, threads: 1, precision: .codes)
        var (largest, sum, count) = (Float(0), Float(0), 0)
        for reference in references {
            let reading = try #require(
                try await coarse.read(question: reference.question, passages: [reference.passage]).first)
            if abs(reference.answers) > 0.75 { #expect((reading.answers > 0) == (reference.answers > 0)) }
            let logits = [reading.answers] + reading.tokens.flatMap { [$0.start, $0.end] }
            for (a, b) in zip(logits, [reference.answers] + reference.logits) {
                largest = max(largest, abs(a - b))
                sum += abs(a - b)
                count += 1
            }
        }
        print(
            "bytes for weights: largest difference \(largest), mean \(sum / Float(count)) of \(count) logits")
        #expect(largest < 2 && sum / Float(count) < 0.15)
    }

    @Test func `passages read together are read as alone, in their order`() async throws {
        let question = references[0].question
        let passages = references.map(\.passage)
        let together = try await reader.read(question: question, passages: passages)
        #expect(together.count == passages.count)
        for (passage, reading) in zip(passages, together) {
            let alone = try #require(try await reader.read(question: question, passages: [passage]).first)
            #expect(abs(alone.answers - reading.answers) < 1e-4)
            #expect(alone.tokens.map(\.utf8Range) == reading.tokens.map(\.utf8Range))
        }
        #expect(try await reader.read(question: question, passages: []).isEmpty)
    }

    @Test func `the best span is what answers`() async throws {
        let reference = references[0]
        let reading = try #require(
            try await reader.read(question: reference.question, passages: [reference.passage]).first)
        let span = try #require(reading.bestSpan())
        let text = Array(reference.text.utf8)
        #expect(String(decoding: text[span.utf8Range], as: UTF8.self).contains("26"))
        #expect(reading.answers > 0)
    }

    @Test func `a cancelled task reads nothing`() async throws {
        let reader = reader
        let passage = references[0].passage
        let reading = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await reader.read(question: "q", passages: [passage])
        }
        let result = await reading.result
        #expect(throws: CancellationError.self) { try result.get() }
    }
}

@Suite struct `Spans of a reading` {
    let reading = Reading(
        answers: 0,
        tokens: [
            .init(utf8Range: 0..<3, start: 1, end: 0), .init(utf8Range: 4..<8, start: 5, end: -1),
            .init(utf8Range: 8..<9, start: 0, end: 4), .init(utf8Range: 10..<14, start: 2, end: 6),
        ])

    @Test func `the best span has the largest sum of start and end`() {
        #expect(reading.bestSpan() == .init(utf8Range: 4..<14, score: 11))
        #expect(reading.bestSpan(maxTokens: 2) == .init(utf8Range: 4..<9, score: 9))
        #expect(reading.bestSpan(maxTokens: 1) == .init(utf8Range: 10..<14, score: 8))
    }

    @Test func `a span keeps within its bounds`() {
        #expect(reading.bestSpan(within: 0..<9) == .init(utf8Range: 4..<9, score: 9))
        #expect(reading.bestSpan(within: 1..<8) == .init(utf8Range: 4..<8, score: 4))
        #expect(reading.bestSpan(within: 5..<8) == nil)
        #expect(Reading(answers: 1, tokens: []).bestSpan() == nil)
        #expect(reading.readEnd == 14)
    }
}

@Suite struct `Reader files` {
    @Test func `weights with one byte changed are refused with both hashes`() throws {
        var weights = try Data(contentsOf: ReaderFolder.url.appending(path: ReaderModel.fileName))
        weights[weights.count - 1] ^= 1
        let folder = try TemporaryDirectory()
        try folder.write(weights, to: ReaderModel.fileName)
        #expect {
            try PassageReader(directory: folder.url, modelDirectory: LocalModelFolder.url, threads: 1)
        } throws: { error in
            guard case ModelsError.wrongChecksum(_, ReaderModel.sha256, let actual) = error else {
                return false
            }
            return actual.count == 64 && actual != ReaderModel.sha256
        }
    }

    @Test func `a folder without the reader names the file`() throws {
        let folder = try TemporaryDirectory()
        #expect(throws: ModelsError.missing(file: folder.path(ReaderModel.fileName))) {
            try PassageReader(directory: folder.url, modelDirectory: LocalModelFolder.url, threads: 1)
        }
    }

    @Test func `weights without the heads are of another model`() throws {
        #expect {
            try PassageReader(
                file: LocalModelFolder.file("model.safetensors"), modelDirectory: LocalModelFolder.url,
                threads: 1)
        } throws: { error in
            guard case ModelsError.unsupported(_, let reason) = error else { return false }
            return reason == "it has no tensor cls.weight"
        }
    }

    @Test func `the folder is found within the model's, beside it, or above the program`() throws {
        let root = try TemporaryDirectory()
        let model = root.url.appending(path: "cache/model")
        let program = root.url.appending(path: "repository/.build/release/millrace")
        func found(_ environment: [String: String] = [:]) -> String {
            ReaderModel.directory(modelDirectory: model, environment: environment, executable: program).path
        }
        #expect(found() == root.path("cache/model/reader"))
        for place in ["repository/models/reader", "cache/reader", "cache/model/reader"] {
            try FileManager.default.createDirectory(
                at: root.url.appending(path: place), withIntermediateDirectories: true)
            try root.write(Data(), to: place + "/" + ReaderModel.fileName)
            #expect(found() == root.path(place))
        }
        #expect(found(["MILLRACE_READER_DIR": "/elsewhere"]) == "/elsewhere")
    }
}

@Suite struct `Float formats` {
    @Test(
        arguments: [
            (0x0000, 0), (0x8000, -0.0), (0x3C00, 1), (0xC000, -2), (0x3555, 0.33325195), (0x7BFF, 65504),
            (0x0001, 0x1p-24), (0x03FF, 0x3FFp-24), (0x0400, 0x1p-14), (0x7C00, .infinity),
        ] as [(UInt16, Float)])
    func `a half is read exactly`(bits: UInt16, value: Float) {
        #expect(FloatFormat.half(bits).bitPattern == value.bitPattern)
    }

    @Test func `every half that is a number is that number`() {
        let wrong = (0...UInt16.max).filter { bits in
            let (exponent, fraction) = (Int(bits >> 10) & 0x1F, Float(bits & 0x3FF))
            guard exponent < 31 else { return false }
            let size =
                exponent == 0
                ? Float(sign: .plus, exponent: -24, significand: fraction)
                : Float(sign: .plus, exponent: exponent - 25, significand: 1_024 + fraction)
            return FloatFormat.half(bits).bitPattern != (bits >= 0x8000 ? -size : size).bitPattern
        }
        #expect(wrong.isEmpty)
    }

    @Test func `half a float's bits are a bfloat16`() {
        let bytes: [UInt8] = [0x80, 0x3F, 0x49, 0xC0]
        bytes.withUnsafeBytes { #expect(FloatFormat.bf16.floats($0.bytes) == [1, -3.140625]) }
    }

    @Test func `a half that is no number stays none`() { #expect(FloatFormat.half(0x7E00).isNaN) }
}
