import Foundation

/// A kept trace as it stands at one moment.
struct TraceReading: Sendable {
    let recording: TraceRecording
    let state: TraceRecording.State
    /// The span that it began with.
    let root: SpanRecord
    let isSlow: Bool

    /// - Parameter slow: nanoseconds from which on a trace is slow.
    /// - Returns: `nil` while the first span goes on.
    init?(_ recording: TraceRecording, slow: UInt64) {
        let state = recording.reading
        guard let root = state.spans.first(where: { $0.id == recording.root }) else { return nil }
        (self.recording, self.state, self.root) = (recording, state, root)
        isSlow = root.nanoseconds >= slow
    }

    /// Administrators see what their own tenant did, and what nobody's was.
    func isVisible(to tenant: String) -> Bool { state.tenant == nil || state.tenant == tenant }

    /// Orders traces by time, as texts.
    var cursor: String {
        let time = String(recording.start)
        return String(repeating: "0", count: 20 - time.count) + time + "-" + recording.root.description
    }

    func first(_ attribute: String) -> String? {
        state.spans.lazy.compactMap { $0.attributes[attribute]?.text }.first
    }

    /// The sum over all spans; `nil` where none tells it.
    func sum(_ attribute: String) -> Int? {
        let values = state.spans.compactMap { $0.attributes[attribute]?.integer }
        return values.isEmpty ? nil : Int(clamping: values.reduce(0, &+))
    }

    /// The spans as the tree that they are: each behind its parent, those of one parent by their starts.
    var tree: [(span: SpanRecord, depth: Int, selfNanoseconds: UInt64)] {
        let known = Set(state.spans.map(\.id))
        var children: [SpanID: [SpanRecord]] = [:]
        for span in state.spans where span.id != root.id {
            // What hangs from a span that was not kept hangs from the first.
            let parent = span.parent.flatMap { known.contains($0) ? $0 : nil } ?? root.id
            children[parent, default: []].append(span)
        }
        var waiting = [(span: root, depth: 0)]
        var tree: [(span: SpanRecord, depth: Int, selfNanoseconds: UInt64)] = []
        while let (span, depth) = waiting.popLast() {
            let parts = (children.removeValue(forKey: span.id) ?? [])
                .sorted { ($0.start, $0.id.bits) < ($1.start, $1.id.bits) }
            tree.append((span, depth, Self.own(span, parts)))
            for part in parts.reversed() { waiting.append((part, depth + 1)) }
        }
        return tree
    }

    /// Time of a span in which none of its parts went on.
    private static func own(_ span: SpanRecord, _ parts: [SpanRecord]) -> UInt64 {
        var covered: UInt64 = 0
        var reached = span.start
        for part in parts {
            let (start, end) = (max(part.start, reached), min(part.end, span.end))
            guard end > start else { continue }
            covered += end - start
            reached = end
        }
        return span.nanoseconds > covered ? span.nanoseconds - covered : 0
    }
}

extension UInt64 {
    /// Nanoseconds as milliseconds, to the microsecond.
    var milliseconds: Double { (Double(self) / 1_000).rounded() / 1_000 }
}
