import Foundation
import VectorIndex

/// The one who changes a store: the segments and, if there is a directory, the files behind them.
struct TextWriter: Sendable {
    private(set) var snapshot: IndexSnapshot
    var files: TextFiles?
    let policy: MergePolicy
    /// Segments that could not be written are tried again once the log is this long.
    private var retryLength = 0

    /// A change that is in the log but may not be on the device.
    struct Ticket: Sendable {
        let log: IndexLog
        let number: UInt64

        /// Returns once the change is safe.
        func wait() throws(TextIndexError) {
            try onDisk { () throws(VectorIndexError) in try log.commit(through: number) }
        }
    }

    /// Documents of the log that become a segment at once when it is read.
    private static let replayBatch = 4096

    init(format: TextFormat, scoring: TextScoring, policy: MergePolicy) {
        self.policy = policy
        snapshot = IndexSnapshot(
            format: format, scoring: scoring, views: [],
            totals: [UInt64](repeating: 0, count: format.fields.count))
    }

    /// Opens the files, and makes the changes that the segments do not hold.
    mutating func open(_ directory: URL, disk: Disk) throws(TextIndexError) {
        // As few changes as lead to the same content: a document that changes again and again is cut into terms once.
        var pending: [UInt64: TextDocument] = [:]
        var removed: Set<UInt64> = []
        var writer = self
        func apply() {
            // What is pending was stored after its removal, where there was one.
            if !removed.isEmpty { writer.delete(removed.sorted()) }
            removed.removeAll(keepingCapacity: true)
            if pending.isEmpty { return }
            let images = SegmentBuilder.images(
                of: Array(pending.values), scoring: writer.snapshot.scoring)
            writer.add(images)
            writer.mergeMemory()
            pending.removeAll(keepingCapacity: true)
        }
        let fieldCount = snapshot.format.fields.count
        let files = try TextFiles(directory, format: snapshot.format, disk: disk) { views in
            writer.replace(views)
        } replay: { record throws(TextIndexError) in
            switch record {
            case .documents(let words):
                guard let documents = DocumentCodec.decode(words, fieldCount: fieldCount) else {
                    throw .damaged(
                        file: directory.appendingPathComponent(IndexLog.name).path,
                        reason: "a record holds no documents of \(fieldCount) fields")
                }
                for document in documents { pending[document.id] = document }
                if pending.count >= Self.replayBatch { apply() }
            case .removal(let ids):
                for id in ids {
                    pending[id] = nil
                    removed.insert(id)
                }
            case .generation: break
            case .upsert:
                throw .damaged(
                    file: directory.appendingPathComponent(IndexLog.name).path,
                    reason: "it holds vectors, not documents")
            }
        }
        apply()
        self = writer
        self.files = files
    }

    // MARK: Changes

    mutating func upsert(
        _ images: [SegmentImage], records: @autoclosure () throws(TextIndexError) -> [[UInt64]]
    ) throws(TextIndexError) -> Ticket? {
        try checkRoom(images)
        var number: UInt64?
        if let log = files?.log {
            let records = try records()
            number = try onDisk { () throws(VectorIndexError) in try log.appendDocuments(records) }
        }
        add(images)
        return finish(number)
    }

    mutating func remove(_ ids: [UInt64]) throws(TextIndexError) -> Ticket? {
        let number = try files.map { files throws(TextIndexError) in
            try onDisk { () throws(VectorIndexError) in try files.log.appendRemoval(of: ids) }
        }
        delete(ids)
        return finish(number)
    }

    mutating func setGeneration(_ generation: UInt64) throws(TextIndexError) -> Ticket? {
        guard let log = files?.log else { throw .noDirectory }
        let number = try onDisk { () throws(VectorIndexError) in try log.appendGeneration(generation) }
        files?.generation = generation
        return finish(number, isAtRest: true)
    }

    /// What can refuse a change must do so before the change is in the log.
    private func checkRoom(_ images: [SegmentImage]) throws(TextIndexError) {
        let limit = SegmentHeader.documentLimit
        let added = images.reduce(0) { $0 + $1.header.documentCount }
        guard snapshot.count + added <= limit else { throw .full(limit: limit) }
    }

    /// - Parameter isAtRest: whether these changes are the last ones for now, and the next thing may be an opening, which
    ///   cuts again what the log holds.
    private mutating func finish(_ number: UInt64?, isAtRest: Bool = false) -> Ticket? {
        mergeMemory()
        guard let files, let number else { return nil }
        let ticket = Ticket(log: files.log, number: number)
        let memory = memoryViews.reduce(0) { $0 + $1.segment.byteCount }
        let length = files.log.byteCount
        let limit = isAtRest ? min(policy.restingLogLimit, policy.logByteLimit) : policy.logByteLimit
        if memory > policy.memoryByteLimit || length > limit, length >= retryLength {
            // If it cannot be written the change is as safe in the log. A later one tries again, but not
            // every one.
            do throws(TextIndexError) {
                try checkpoint()
                retryLength = 0
            } catch {
                retryLength = length * 5 / 4
            }
        }
        return ticket
    }

    // MARK: Segments

    var memoryViews: [SegmentView] { snapshot.views.filter { $0.segment.ledger == nil } }
    var diskViews: [SegmentView] { snapshot.views.filter { $0.segment.ledger != nil } }

    /// Adds segments whose documents replace those of their ids.
    private mutating func add(_ images: [SegmentImage]) {
        let segments = images.map { Segment($0) }
        let ids = segments.flatMap { segment in
            Array(UnsafeBufferPointer(start: segment.ids, count: segment.documentCount))
        }
        replace(deleting(ids) + segments.map { SegmentView($0) })
    }

    private mutating func delete(_ ids: [UInt64]) {
        replace(deleting(ids))
    }

    /// The segments without some documents.
    private func deleting(_ ids: [UInt64]) -> [SegmentView] {
        snapshot.views.compactMap { view in
            let documents = ids.compactMap { view.document(of: $0) }
            if documents.isEmpty { return view }
            let rest = view.deleting(documents)
            return rest.liveCount > 0 ? rest : nil
        }
    }

    mutating func replace(_ views: [SegmentView]) {
        let totals = snapshot.format.fields.indices.map { field in
            views.reduce(0) { $0 + $1.lengthTotals[field] }
        }
        snapshot = IndexSnapshot(
            format: snapshot.format, scoring: snapshot.scoring, views: views, totals: totals,
            pool: snapshot.pool)
    }

    /// The files, which hold everything: what is only in the log becomes a segment first.
    mutating func openFiles() throws(TextIndexError) -> [IndexFile] {
        guard let files else { throw .noDirectory }
        if files.log.recordCount > 0 || files.manifest.sequence == 0 { try checkpoint() }
        return try self.files?.open() ?? []
    }

    /// Takes the index in another directory in place of all there is.
    mutating func adopt(_ source: URL) throws(TextIndexError) -> UInt64 {
        guard files != nil else { throw .noDirectory }
        let views = try files?.adopt(source) ?? []
        replace(views)
        // The exchange is made, whatever becomes of the log: the manifest goes on with the old one, of which it says that
        // it covers all there is. Should the new one have taken its place half way, then changes are refused until the
        // next manifest or opening, and none is lost.
        try? files?.renewLog()
        return files?.generation ?? 0
    }

    func statistics() -> TextIndexStatistics {
        func bytes(_ views: [SegmentView]) -> Int { views.reduce(0) { $0 + $1.segment.byteCount } }
        return TextIndexStatistics(
            count: snapshot.count, deadCount: snapshot.views.reduce(0) { $0 + ($1.deleted?.count ?? 0) },
            meanLengths: snapshot.means, memorySegmentCount: memoryViews.count,
            diskSegmentCount: diskViews.count, memoryByteCount: bytes(memoryViews),
            diskByteCount: bytes(diskViews), logByteCount: files?.log.byteCount ?? 0,
            termCount: snapshot.views.reduce(0) { $0 + $1.segment.header.termCount },
            postingsByteCount: snapshot.views.reduce(0) { sum, view in
                sum + view.segment.header[.postings].count + view.segment.header[.positions].count
            },
            generation: files?.generation ?? 0)
    }

    func verify() throws(TextIndexError) {
        for view in snapshot.views { try view.segment.ledger?.verifyAll() }
        try files?.verify()
    }
}
