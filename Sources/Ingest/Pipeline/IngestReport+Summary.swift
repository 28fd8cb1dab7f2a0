import Foundation
import Sourcing

extension IngestReport {
    /// The summary for a person: what happened, then each failure, then what needs a decision.
    public var summaryLines: [String] {
        var lines = [headline, pageLine, chunkLine] + costLines + plannedLines
        lines += skippedLines(isFailure: true, heading: "Failed; what was stored of them before stays:")
        lines += skippedLines(isFailure: false, heading: "Left out on purpose:")
        if !closed.isEmpty {
            lines.append("Closed, because permissions could not be read:")
            lines += closed.prefix(Self.shown).map { "  " + $0 } + Self.more(closed.count)
        }
        if warningCount > 0 {
            lines.append("\(Self.count(warningCount, "warning")):")
            lines += warnings.prefix(Self.shown).map { "  " + ($0.id.map { "\($0): " } ?? "") + $0.message }
            lines += Self.more(warningCount)
        }
        lines += refusedRemovals.map { refusal in
            """
            \(refusal.absent) of \(refusal.stored) stored documents of space \(refusal.spaceKey) are \
            absent from the source. That many are not removed unasked, and nobody may read them until the \
            source has them again: check the source, or allow it with --allow-removals.
            """
        }
        return lines
    }

    private static let shown = 20

    private var headline: String {
        let time = seconds < 100 ? "\((seconds * 10).rounded() / 10)" : "\(Int(seconds.rounded()))"
        if isInterrupted {
            return "Interrupted after \(time) s. What was stored stays; run the same command to go on."
        }
        if let stopReason { return "Stopped after \(time) s: \(stopReason)" }
        if planned != nil { return "Dry run of \(source) in \(time) s; nothing was changed. It would be:" }
        return "Ingested \(source) in \(time) s."
    }

    private var pageLine: String {
        """
        \(Self.count(pages.seen, "document")) seen: \(pages.added) added, \(pages.updated) updated, \
        \(pages.unchanged) unchanged, \(pages.readersChanged) with other readers only, \
        \(pages.removed) removed, \(pages.leftOut) left out, \(pages.failed) failed.
        """ + (pages.refreshed > 0 ? " \(pages.refreshed) rendered anew for pages that they include." : "")
    }

    private var chunkLine: String {
        """
        \(Self.count(chunks.added, "chunk")) added, \(chunks.removed) removed; \
        \(Self.count(chunks.embedded, "text")) embedded, \(chunks.reused) known from before.
        """
    }

    /// Only where something is paid for.
    private var costLines: [String] {
        guard let dollars = chunks.dollars, dollars > 0 else { return [] }
        let cost = dollars < 0.0001 ? "less than $0.0001" : String(format: "$%.4f", dollars)
        let tokens = chunks.tokens.map { " for \(Self.count($0, "token"))" } ?? ""
        return ["Models cost \(cost)\(tokens), by the prices of the settings."]
    }

    private func skippedLines(isFailure: Bool, heading: String) -> [String] {
        let some = skipped.filter { $0.isFailure == isFailure }
        guard !some.isEmpty else { return [] }
        return [heading] + some.prefix(Self.shown).map { "  \($0.id) “\($0.title)”: \($0.reason)" }
            + Self.more(isFailure ? pages.failed : pages.leftOut)
    }

    private var plannedLines: [String] {
        guard let planned else { return [] }
        return PlannedChange.Change.allCases.flatMap { change -> [String] in
            let some = planned.filter { $0.change == change }
            guard !some.isEmpty else { return [] }
            return ["Would be \(Self.words(for: change)):"]
                + some.prefix(Self.shown).map { "  \($0.id) “\($0.title)”" } + Self.more(some.count)
        }
    }

    private static func words(for change: PlannedChange.Change) -> String {
        switch change {
        case .added: "added"
        case .updated: "updated"
        case .moved: "given another place or other labels"
        case .readersChanged: "given other readers"
        case .removed: "removed"
        }
    }

    private static func more(_ count: Int) -> [String] {
        count > shown ? ["  … and \(count - shown) more; --json lists them."] : []
    }

    private static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }
}
