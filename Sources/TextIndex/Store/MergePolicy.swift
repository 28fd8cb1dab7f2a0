import Foundation

/// When a store writes segments and merges them.
struct MergePolicy: Sendable {
    /// Bytes of segments in memory after which they become one on disk.
    var memoryByteLimit = 64 << 20
    /// Bytes of log after which the same happens.
    var logByteLimit = 128 << 20
    /// Bytes of the log past which it is written when its owner saves.
    var restingLogLimit = 2 << 20
    /// So many segments of about one size become one.
    var fanIn = 8
    /// Sizes within this factor are about one size.
    var tierFactor = 8.0
    /// No merge makes a segment of more documents: it bounds what one change can cost.
    /// ``LocalTextStore/compact()`` is not bound by it.
    var documentLimit = 2_000_000
    /// A segment that has lost this share of its documents is merged with whatever is merged next.
    var deadShare = 0.3

    /// About how large a segment is.
    func tier(_ view: SegmentView) -> Int {
        Int(log(Double(max(view.liveCount, 1))) / log(tierFactor))
    }

    /// Segments that should become one, if any.
    func group(among views: [SegmentView]) -> [SegmentView]? {
        let small = views.filter { $0.liveCount <= documentLimit / fanIn }
        for (_, group) in Dictionary(grouping: small, by: tier).sorted(by: { $0.key < $1.key })
        where group.count >= fanIn { return group }
        return nil
    }

    /// Whether too much of a segment is dead.
    func isWorn(_ view: SegmentView) -> Bool {
        view.liveCount <= documentLimit
            && Double(view.deleted?.count ?? 0) > deadShare * Double(view.segment.documentCount)
    }
}
