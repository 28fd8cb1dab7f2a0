import Foundation
import QA

/// What a list of runs shows of a report.
struct EvaluationSummary: Codable, Sendable, Hashable {
    struct Interval: Codable, Sendable, Hashable {
        var value: Double
        var low: Double
        var high: Double
    }

    var answersRight: Interval?

    init(_ report: EvaluationReport) {
        answersRight = report.figures["answers.right"].map {
            Interval(value: $0.value, low: $0.low, high: $0.high)
        }
    }

    /// - Returns: `nil` for what ``written`` has not written.
    init?(written: String) {
        guard let read = try? JSONDecoder().decode(Self.self, from: Data(written.utf8)) else { return nil }
        self = read
    }

    var written: String? {
        (try? JSONEncoder().encode(self)).map { String(decoding: $0, as: UTF8.self) }
    }
}

/// Settings of a run as they are kept.
enum EvaluationSettings {
    static func read(_ written: String) -> [String: Double] {
        (try? JSONDecoder().decode([String: Double].self, from: Data(written.utf8))) ?? [:]
    }

    static func written(_ settings: [String: Double]) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return (try? encoder.encode(settings)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}
