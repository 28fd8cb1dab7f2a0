import Foundation
import VectorIndex

extension TextWriter {
    /// Segments in memory that are worth merging there: with a directory only small ones, of which there would be
    /// too many. The others will become one on disk soon, and must not be written twice for that.
    private var mergeableMemoryViews: [SegmentView] {
        guard files != nil else { return memoryViews }
        return memoryViews.filter { $0.segment.byteCount < policy.memoryByteLimit / 32 }
    }

    /// Merges segments in memory while there are many of one size, and frees the room of what is dead there.
    mutating func mergeMemory() {
        while let group = policy.group(among: mergeableMemoryViews)
            ?? memoryViews.first(where: policy.isWorn).map({ [$0] })
        {
            // Segments in memory cannot be damaged; if they were, they would better stay as they are.
            guard
                let image = try? SegmentMerger(
                    group, scoring: snapshot.scoring, means: snapshot.means
                ).image(number: 0)
            else { return }
            exchange(group, for: [SegmentView(Segment(image))])
        }
    }

    private mutating func exchange(_ old: [SegmentView], for new: [SegmentView]) {
        replace(snapshot.views.filter { view in !old.contains { $0 === view } } + new)
    }

    /// Writes what is only in memory to disk, together with segments on disk that should be merged, and
    /// empties the log.
    mutating func checkpoint() throws(TextIndexError) {
        var group = memoryViews
        group += diskViews.filter { policy.isWorn($0) }
        // The new segment counts as one of its size; what it is merged with may make it one of the next.
        while true {
            let rest = diskViews.filter { view in !group.contains { $0 === view } }
            let size = group.reduce(0) { $0 + $1.liveCount }
            let tier = Int(log(Double(max(size, 1))) / log(policy.tierFactor))
            let same = rest.filter { policy.tier($0) <= tier }
            let together = same.reduce(size) { $0 + $1.liveCount }
            guard same.count + 1 >= policy.fanIn, together <= policy.documentLimit else { break }
            group += same
        }
        try write(group)
    }

    /// Makes one segment on disk of several, and the manifest that names it.
    private mutating func write(_ group: [SegmentView]) throws(TextIndexError) {
        guard files != nil else { return }
        let rest = snapshot.views.filter { view in !group.contains { $0 === view } }
        let (scoring, means) = (snapshot.scoring, snapshot.means)
        var merged: [SegmentView] = []
        if group.contains(where: { $0.liveCount > 0 }),
            let segment = try files?.write({ number throws(TextIndexError) in
                try SegmentMerger(group, scoring: scoring, means: means).image(number: number)
            })
        {
            merged = [SegmentView(segment)]
        }
        // If the manifest cannot be written, everything is as it was: the old segments stay in use.
        try files?.replaceManifest(rest + merged)
        replace(rest + merged)
        try files?.renewLog()
    }

    /// Makes one segment of all, or few if there are very many documents; with a directory also on disk.
    mutating func compact() throws(TextIndexError) {
        if snapshot.views.count == 1, let only = snapshot.views.first, let ledger = only.segment.ledger,
            only.deleted == nil
        {
            // All there is is one segment on disk already.
            try ledger.verifyAll()
            return try write([])
        }
        var groups: [[SegmentView]] = []
        var room = 0
        for view in snapshot.views.sorted(by: { $0.segment.ids[0] < $1.segment.ids[0] }) {
            if groups.isEmpty || room + view.liveCount > 2 * policy.documentLimit {
                groups.append([])
                room = 0
            }
            groups[groups.count - 1].append(view)
            room += view.liveCount
        }
        if files != nil {
            // Segments in memory must be on disk before a manifest can name them all: the first group takes
            // them.
            let memory = memoryViews
            if groups.isEmpty || groups.count > 1 { try write(memory) }
            for group in groups {
                let present = group.filter { view in snapshot.views.contains { $0 === view } }
                try write(present)
            }
        } else {
            for group in groups {
                let image = try SegmentMerger(
                    group, scoring: snapshot.scoring, means: snapshot.means
                ).image(number: 0)
                exchange(group, for: image.header.documentCount > 0 ? [SegmentView(Segment(image))] : [])
            }
        }
    }
}
