import Foundation
import Models
import Text

/// How fast does the native encoder embed? The same texts and settings as the reference's script.
///
///     encoder --model DIR --texts FILE [--single] [--threads N] [--repeat N]
///
/// FILE has one text a line. `--single` asks one text at a time, as a search does. Opening the model is not
/// measured.
enum EncoderBenchmark {
    struct UsageError: Error, CustomStringConvertible {
        var description: String
    }

    static func run(arguments: [String]) async throws {
        func value(_ name: String) -> String? {
            guard let i = arguments.firstIndex(of: name), i + 1 < arguments.count else { return nil }
            return arguments[i + 1]
        }
        guard let file = value("--texts") else { throw UsageError(description: "--texts FILE is missing") }
        let directory = value("--model").map { URL(filePath: $0) } ?? LocalEmbedder.defaultDirectory()
        let threads = value("--threads").flatMap(Int.init) ?? 1
        let repetitions = value("--repeat").flatMap(Int.init) ?? 3
        let isSingle = arguments.contains("--single")
        let texts = try String(contentsOf: URL(filePath: file), encoding: .utf8)
            .split(separator: "\n").map(String.init).filter { !$0.allSatisfy(\.isWhitespace) }
        let clock = ContinuousClock()
        let opened = clock.now
        let embedder = try LocalEmbedder(modelDirectory: directory, threads: threads)
        print("opened in \(clock.now - opened)")
        try measureTokenizer(embedder.tokenizer, texts)
        let tokens = texts.map { embedder.tokenizer.encode($0, maxTokens: embedder.model.maxTokens).count }
            .reduce(0, +)
        // One text at a time the sum of each text's best counts, else the best pass.
        let batches = isSingle ? texts.map { [$0] } : [texts]
        var best = [Duration](repeating: .seconds(1e9), count: batches.count)
        var vectors = try await embedder.embed(Array(texts.prefix(64)), purpose: .passage)
        for _ in 0..<repetitions {
            vectors = []
            for (i, batch) in batches.enumerated() {
                let start = clock.now
                vectors += try await embedder.embed(batch, purpose: isSingle ? .query : .passage)
                best[i] = min(best[i], clock.now - start)
            }
        }
        for vector in vectors where abs(vector.reduce(0) { $0 + $1 * $1 } - 1) > 1e-4 {
            throw UsageError(description: "a vector is not of length 1")
        }
        let seconds = best.reduce(.zero, +) / .seconds(1)
        print(
            """
            millrace fp32: \(texts.count) texts, \(tokens) tokens, threads \(threads)\
            \(isSingle ? ", single" : ""): \(rounded(Double(texts.count) / seconds)) texts/s, \
            \(rounded(Double(tokens) / seconds)) tokens/s, \
            \(rounded(1000 * seconds / Double(texts.count))) ms a text
            """)
        if let out = value("--out") {
            try vectors.reduce(into: Data()) { data, vector in
                vector.withUnsafeBytes { data.append(contentsOf: $0) }
            }.write(to: URL(filePath: out))
        }
    }

    private static func measureTokenizer(_ tokenizer: any PieceTokenizer, _ texts: [String]) throws {
        let clock = ContinuousClock()
        let bytes = texts.reduce(0) { $0 + $1.utf8.count }
        var best = Duration.seconds(1e9)
        var pieces = 0
        for _ in 0..<5 {
            let start = clock.now
            pieces = texts.reduce(0) { $0 + tokenizer.count($1[...]) }
            best = min(best, clock.now - start)
        }
        print("tokenizer: \(pieces) pieces, \(rounded(Double(bytes) / 1e6 / (best / .seconds(1)))) MB/s")
    }

    private static func rounded(_ value: Double) -> String { String(format: "%.2f", value) }
}
