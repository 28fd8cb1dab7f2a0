import Foundation
import Models

/// How fast are question and passages read together? The same pairs as the reference's script.
///
///     pairs --pairs FILE (--reader | --rerank DIR) [--model DIR] [--threads N] [--repeat N]
///
/// FILE has lines of question, tab, passage; those of one question follow each other and are one call.
/// `--reader` is Millrace's own, `--rerank` any cross-encoder. Opening is not measured; the best of the
/// repetitions counts.
enum PairBenchmark {
    static func run(arguments: [String]) async throws {
        func value(_ name: String) -> String? {
            guard let i = arguments.firstIndex(of: name), i + 1 < arguments.count else { return nil }
            return arguments[i + 1]
        }
        guard let file = value("--pairs") else {
            throw EncoderBenchmark.UsageError(description: "--pairs FILE is missing")
        }
        let threads = value("--threads").flatMap(Int.init) ?? 1
        let calls = try calls(String(contentsOf: URL(filePath: file), encoding: .utf8))
        let model = value("--model").map { URL(filePath: $0) } ?? LocalEmbedder.defaultDirectory()
        let read: (String, [String]) async throws -> Double
        if arguments.contains("--reader") {
            let reader = try PassageReader(
                directory: ReaderModel.directory(modelDirectory: model), modelDirectory: model,
                threads: threads)
            read = { question, passages in
                try await reader.read(
                    question: question, passages: passages.map { .init(title: "", text: $0) }
                ).reduce(0) { $0 + Double($1.answers) }
            }
        } else if let folder = value("--rerank") {
            let reranker = try CrossEncoderReranker(modelDirectory: URL(filePath: folder), threads: threads)
            read = { try await reranker.scores($0, $1).reduce(0, +) }
        } else {
            throw EncoderBenchmark.UsageError(description: "--reader or --rerank DIR is missing")
        }
        let clock = ContinuousClock()
        var best = [Duration](repeating: .seconds(1e9), count: calls.count)
        var sum = 0.0
        for _ in 0..<(value("--repeat").flatMap(Int.init) ?? 5) {
            sum = 0
            for (i, call) in calls.enumerated() {
                let start = clock.now
                sum += try await read(call.question, call.passages)
                best[i] = min(best[i], clock.now - start)
            }
        }
        let milliseconds = best.map { $0 / .milliseconds(1) }.sorted()
        let pairs = calls.reduce(0) { $0 + $1.passages.count }
        print(
            """
            millrace: \(calls.count) calls, \(pairs) pairs, threads \(threads): \
            \(String(format: "%.2f", milliseconds.reduce(0, +) / Double(calls.count))) ms a call, \
            median \(String(format: "%.2f", milliseconds[milliseconds.count / 2])), \
            sum of scores \(String(format: "%.4f", sum))
            """)
    }

    private static func calls(_ text: String) throws -> [(question: String, passages: [String])] {
        var calls: [(question: String, passages: [String])] = []
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "\t", maxSplits: 1).map(String.init)
            guard parts.count == 2 else {
                throw EncoderBenchmark.UsageError(description: "a line without a tab: \(line.prefix(40))")
            }
            if calls.last?.question == parts[0] {
                calls[calls.count - 1].passages.append(parts[1])
            } else {
                calls.append((parts[0], [parts[1]]))
            }
        }
        guard !calls.isEmpty else { throw EncoderBenchmark.UsageError(description: "no pairs") }
        return calls
    }
}
