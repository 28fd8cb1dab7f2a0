import Foundation
import JSONValue

/// What there is to see of a server between two looks.
struct TopPicture: Sendable {
    let server: String
    let figures: TopFigures

    init(server: String, from before: TopReading, to after: TopReading) {
        self.server = server
        figures = TopFigures(from: before, to: after)
    }

    /// As a terminal of this width shows it.
    func lines(width: Int) -> [String] {
        let figures = figures
        var lines = [
            "Millrace \(figures.version) · \(server) · up \(Self.time(figures.uptimeSeconds))",
            "requests \(Self.rate(figures.requestsPerSecond)) · in flight \(figures.inFlight) · failed "
                + "\(Self.rate(figures.errorsPerSecond)) · turns \(figures.turnsRunning)/\(figures.turnsLimit), "
                + "waiting \(figures.turnsWaiting)",
            "runs \(figures.runsQueued) queued, \(figures.runsRunning) running, \(figures.runsDead) dead · memory "
                + "\(ByteCount.text(figures.residentBytes)) · processors \(Self.percent(figures.processorShare))"
                + " · files \(figures.openFiles)",
            "tokens \(Self.rate(figures.inputTokensPerSecond)) in, \(Self.rate(figures.outputTokensPerSecond)) out · "
                + String(format: "$%.4f", figures.dollars) + " in all · last sync "
                + (figures.syncAgeSeconds.map { Self.time($0) + " ago" } ?? "never"),
            "",
        ]
        lines += Self.table(
            ["operation", "requests/s", "p50 ms", "p99 ms", "failed/s"],
            figures.operations.prefix(12).map {
                [
                    $0.operation, Self.number($0.perSecond), Self.number($0.p50Ms), Self.number($0.p99Ms),
                    Self.number($0.errorsPerSecond),
                ]
            })
        lines.append("")
        lines += Self.table(
            ["cache", "hits/s", "hit share", "entries", "bytes"],
            figures.caches.map {
                [
                    $0.cache, Self.number($0.hitsPerSecond), Self.percent($0.hitShare), "\($0.entries)",
                    ByteCount.text($0.bytes),
                ]
            })
        lines.append("")
        lines.append(indexLine)
        lines.append("")
        if let slowest = figures.slowest {
            lines += Self.table(
                ["slowest of late", "ms", "ago", "trace"],
                slowest.map { [$0.name, Self.number($0.durationMs), Self.time($0.ageSeconds), $0.trace] })
        } else {
            lines.append("slowest of late: traces are for administrators; give --key")
        }
        return lines.map { Self.cut($0, width) }
    }

    private var indexLine: String {
        var parts = ["index \(figures.vectors) vectors, \(figures.words) words"]
        guard let index = figures.index else {
            return parts[0] + " · more is for administrators; give --key"
        }
        parts.append("\(index.elementType) × \(index.dimension)")
        parts.append(index.isLevel ? "level" : "NOT level with the database")
        parts.append(
            "\(ByteCount.text(index.residentBytes)) in memory, \(ByteCount.text(index.diskBytes)) on disk")
        if let recall = index.recall {
            parts.append(
                String(format: "recall@10 %.3f (%.3f–%.3f)", recall.value, recall.low, recall.high))
        }
        return parts.joined(separator: " · ")
    }
}

extension TopPicture {
    /// Columns as wide as they must be; numbers at their right ends.
    private static func table(_ head: [String], _ rows: [[String]]) -> [String] {
        let widths = head.indices.map { column in
            ([head] + rows).map { $0[column].count }.max() ?? 0
        }
        return ([head] + rows).map { row in
            row.indices.map { column in
                let space = String(repeating: " ", count: widths[column] - row[column].count)
                return column == 0 ? row[column] + space : space + row[column]
            }.joined(separator: "  ")
        }
    }

    static func cut(_ line: String, _ width: Int) -> String {
        line.count <= width ? line : String(line.prefix(max(width - 1, 0))) + "…"
    }

    private static func rate(_ value: Double) -> String { number(value) + "/s" }

    private static func percent(_ share: Double?) -> String {
        share.map { String(format: "%.0f %%", 100 * $0) } ?? "–"
    }

    private static func number(_ value: Double?) -> String {
        guard let value, value.isFinite else { return "–" }
        return value == 0 ? "0" : String(format: value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value)
    }

    private static func time(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds < 1e9 else { return "–" }
        let whole = Int(max(0, seconds))
        switch whole {
        case ..<60: return "\(whole) s"
        case ..<3_600: return "\(whole / 60) min \(whole % 60) s"
        case ..<86_400: return "\(whole / 3_600) h \(whole / 60 % 60) min"
        default: return "\(whole / 86_400) d \(whole / 3_600 % 24) h"
        }
    }
}
