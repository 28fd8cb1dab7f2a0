import Foundation
import QA

/// Reports as a terminal shows them.
enum EvaluationText {
    static func print(_ report: EvaluationReport, _ comparison: EvaluationComparison?, failures: Bool) {
        Swift.print("\(report.questions) questions, \(report.concurrency) at once")
        printScores(report.retrieval.sorted { $0.key > $1.key }.map { ($0.key, $0.value) })
        if !report.byKind.isEmpty {
            Swift.print("\nhybrid, by kind")
            printScores(report.byKind.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        }
        Swift.print("\nfigures, with 95 % of resamples")
        for figure in EvaluationFigure.all(of: report.outcomes) where !figure.name.hasPrefix("retrieval.") {
            if let interval = report.figures[figure.name] { Swift.print(line(figure.name, interval)) }
        }
        let abstention = report.abstention
        Swift.print(
            """

            withheld     rightly \(abstention.abstainedRightly), wrongly \(abstention.abstainedWrongly); answered though \
            unanswerable \(abstention.answeredWrongly)
            citations    \(report.forgedCitations) forged, \(report.strayMarkers) stray markers
            permissions  \(report.leaks) leaks
            """)
        if let total = report.latency.total {
            let times = [total.p50, total.p95, total.p99].map { String(format: "%.1f", $0) }
            Swift.print("latency      p50 \(times[0]) · p95 \(times[1]) · p99 \(times[2]) ms")
        }
        if let comparison { print(comparison) }
        guard failures else { return }
        for failure in report.failures {
            Swift.print(Terminal.safe("\n\(failure.id) \(failure.question)\n  \(failure.problem)"))
        }
    }

    private static func print(_ comparison: EvaluationComparison) {
        Swift.print("\nagainst \(comparison.before), the same \(comparison.questions) questions")
        for row in comparison.differences {
            let sign = row.isBetter.map { $0 ? "better" : "worse" } ?? ""
            let interval = row.difference
            Swift.print(
                pad(row.figure, 32) + pad("\(figure(row.before)) → \(figure(row.after))", 18)
                    + pad(String(format: "%+.3f", interval.value), 9)
                    + String(format: "%+.3f … %+.3f  ", interval.low, interval.high) + sign)
        }
    }

    static func line(_ name: String, _ interval: Bootstrap.Interval) -> String {
        pad(name, 32) + pad(figure(interval.value), 9) + "\(figure(interval.low)) … \(figure(interval.high))"
    }

    static func printScores(_ rows: [(name: String, scores: RetrievalScores)]) {
        Swift.print(
            Terminal.styled(pad("", 14) + "recall@1  recall@5  recall@10  MRR     nDCG@10  questions", .dim))
        for row in rows {
            let scores = row.scores
            Swift.print(
                pad(row.name, 14) + pad(figure(scores.recallAt1), 10) + pad(figure(scores.recallAt5), 10)
                    + pad(figure(scores.recallAt10), 11) + pad(figure(scores.mrr), 8)
                    + pad(figure(scores.nDCGAt10), 9) + "\(scores.questions)")
        }
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        text.count >= width ? text + " " : text + String(repeating: " ", count: width - text.count)
    }

    private static func figure(_ value: Double) -> String { String(format: "%.3f", value) }
}
