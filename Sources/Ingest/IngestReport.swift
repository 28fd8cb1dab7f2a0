/// What one ingest did: for the summary, for `--json`, and for the exit code.
public struct IngestReport: Codable, Sendable, Hashable {
    public struct Pages: Codable, Sendable, Hashable {
        /// Documents the source told of, those that were skipped included.
        public var seen = 0
        public var added = 0
        /// Text, title or other facts about them changed.
        public var updated = 0
        public var unchanged = 0
        /// Only who may read them changed; nothing was embedded.
        public var readersChanged = 0
        public var removed = 0
        /// Something went wrong; what was stored of them before is still there.
        public var failed = 0
        /// Left out on purpose.
        public var leftOut = 0
    }

    public struct Chunks: Codable, Sendable, Hashable {
        public var added = 0
        public var removed = 0
        /// Texts that the model embedded in this run.
        public var embedded = 0
        /// Chunks whose embedding was known, from an earlier version or another page.
        public var reused = 0
    }

    /// Something a person should know that stopped nothing.
    public struct Warning: Codable, Sendable, Hashable {
        /// The document's, or `nil` when it is about the source as a whole.
        public var id: String?
        public var message: String

        public init(id: String?, message: String) {
            self.id = id
            self.message = message
        }
    }

    /// So many documents of a space were absent that none was removed.
    public struct RefusedRemoval: Codable, Sendable, Hashable {
        public var spaceKey: String
        public var absent: Int
        public var stored: Int

        public init(spaceKey: String, absent: Int, stored: Int) {
            self.spaceKey = spaceKey
            self.absent = absent
            self.stored = stored
        }
    }

    /// The source's name.
    public var source: String
    public var pages = Pages()
    public var chunks = Chunks()
    public var skipped: [SkippedDocument] = []
    /// The first ``warningLimit`` of `warningCount`.
    public var warnings: [Warning] = []
    public var warningCount = 0
    public var refusedRemovals: [RefusedRemoval] = []
    public var seconds = 0.0
    /// Ended by Ctrl-C or its like; what had been stored stays, and the next run goes on from there.
    public var isInterrupted = false
    /// Why nothing more could be read or stored; `nil` when the run came to its end.
    public var stopReason: String?

    public static let warningLimit = 1_000

    public init(source: String) {
        self.source = source
    }

    /// 0 when all went well, 3 when some documents failed or a removal was refused, 1 when the run could
    /// not come to its end, 130 when it was interrupted.
    public var exitCode: Int32 {
        if isInterrupted { return 130 }
        if stopReason != nil { return 1 }
        return pages.failed > 0 || !refusedRemovals.isEmpty ? 3 : 0
    }

    mutating func add(_ skip: SkippedDocument) {
        skipped.append(skip)
        if skip.isFailure { pages.failed += 1 } else { pages.leftOut += 1 }
    }

    mutating func add(_ warning: Warning) {
        warningCount += 1
        if warnings.count < Self.warningLimit { warnings.append(warning) }
    }
}

extension IngestReport {
    /// The summary for a person: what happened, then each failure, then what needs a decision.
    public var summaryLines: [String] {
        var lines = [headline, pageLine, chunkLine]
        lines += skippedLines(isFailure: true, heading: "Failed; what was stored of them before stays:")
        lines += skippedLines(isFailure: false, heading: "Left out on purpose:")
        if warningCount > 0 {
            lines.append("\(Self.count(warningCount, "warning")):")
            lines += warnings.prefix(Self.shown).map { "  " + ($0.id.map { "\($0): " } ?? "") + $0.message }
            lines += Self.more(warningCount)
        }
        lines += refusedRemovals.map { refusal in
            """
            \(refusal.absent) of \(refusal.stored) stored documents of space \(refusal.spaceKey) are \
            absent from the source. That many are not removed unasked: check the source, or allow it with \
            --allow-removals.
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
        return "Ingested \(source) in \(time) s."
    }

    private var pageLine: String {
        """
        \(Self.count(pages.seen, "document")) seen: \(pages.added) added, \(pages.updated) updated, \
        \(pages.unchanged) unchanged, \(pages.readersChanged) with other readers only, \
        \(pages.removed) removed, \(pages.leftOut) left out, \(pages.failed) failed.
        """
    }

    private var chunkLine: String {
        """
        \(Self.count(chunks.added, "chunk")) added, \(chunks.removed) removed; \
        \(Self.count(chunks.embedded, "text")) embedded, \(chunks.reused) known from before.
        """
    }

    private func skippedLines(isFailure: Bool, heading: String) -> [String] {
        let some = skipped.filter { $0.isFailure == isFailure }
        guard !some.isEmpty else { return [] }
        return [heading] + some.prefix(Self.shown).map { "  \($0.id) “\($0.title)”: \($0.reason)" }
            + Self.more(some.count)
    }

    private static func more(_ count: Int) -> [String] {
        count > shown ? ["  … and \(count - shown) more; --json lists them."] : []
    }

    private static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }
}

/// How far an ingest is.
public struct IngestProgress: Sendable, Hashable {
    public enum Phase: String, Sendable, Codable {
        /// Reading, embedding and storing documents.
        case documents
        /// Removing what the source no longer has.
        case removals
        /// Bringing the vector index up to the database.
        case index
        case finished
    }

    public var phase: Phase
    /// Documents that are stored, found unchanged or skipped.
    public var pagesDone: Int
    /// `nil` until the source knows.
    public var pagesExpected: Int?
    /// Chunks stored in this run.
    public var chunks: Int
    public var skipped: Int
    /// The document that was last taken up; empty at first.
    public var currentTitle: String
}
