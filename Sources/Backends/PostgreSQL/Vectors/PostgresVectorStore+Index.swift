import Synchronization
import VectorIndex

extension PostgresVectorStore {
    /// Builds the index behind everybody's back once there are enough vectors.
    func buildIndexIfDue() {
        guard count >= options.indexFrom, beginsBuilding() else { return }
        Task.detached { [self] in
            do {
                try await buildIndex()
            } catch {
                report(.failed(reason: "\(error)"))
                isBuilding.withLock { $0 = false }
            }
        }
    }

    /// Once in a process: an index that is there stays.
    private func beginsBuilding() -> Bool {
        isBuilding.withLock { isBuilding in
            defer { isBuilding = true }
            return !isBuilding
        }
    }

    /// Builds the index, or waits until whoever builds it is done. Others read and write meanwhile; searches compare
    /// every vector until then.
    ///
    /// - Throws: ``PostgresError``. What is left of a building that failed is taken away by the next one.
    public func buildIndex() async throws {
        let begin = ContinuousClock.now
        let builder = PostgresPool(builderSettings, size: 1, patience: pool.patience)
        defer { builder.closeAll() }
        var isParallel = true
        while true {
            switch try await indexState() {
            case .ready: return
            case .beingBuilt: try await Task.sleep(for: Self.pause)
            case .leftOver: try await removeLeftOver()
            case .absent:
                do {
                    if try await create(with: builder, isParallel: isParallel) {
                        report(.ended(ContinuousClock.now - begin))
                    } else {
                        try await Task.sleep(for: Self.pause)
                    }
                } catch PostgresError.statement(_, let refusal) where Self.isFaster(refusal.state) {
                    continue
                } catch PostgresError.statement(_, let refusal)
                    where isParallel && refusal.state.hasPrefix("53")
                {
                    // Containers often have little of the memory that the server's processes share.
                    isParallel = false
                }
            }
        }
    }

    private static let pause = Duration.seconds(1)

    /// Whether somebody else makes, or has just made, what was to be made.
    private static func isFaster(_ state: String) -> Bool { ["42P07", "23505", "40P01"].contains(state) }

    /// Building takes as long as it takes.
    private var builderSettings: PostgresSettings {
        var settings = pool.settings
        settings.statementTimeout = .seconds(7 * 86_400)
        settings.lockTimeout = .zero
        return settings
    }

    /// - Returns: false when another process is about to.
    private func create(with builder: PostgresPool, isParallel: Bool) async throws -> Bool {
        let (memory, name, vectors) = (buildMemory, table.name, count)
        let statement = table.indexCreation(m: options.m, efConstruction: options.efConstruction)
        return try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await builder.withConnection { db in
                    // Of the session, with which it ends: two that build beside others would wait for each other.
                    let isMine = try db.query(
                        "SELECT pg_try_advisory_lock(hashtextextended(current_schema() || '.' || $1, 0))",
                        [.text(name)])
                    guard try isMine.first?.bool(0) == true else { return false }
                    self.report(.begun(vectors: vectors))
                    // Outside of a transaction, as building beside writers has to be; the session ends with it.
                    try db.simple("SET maintenance_work_mem = '\(memory / 1_024)kB'")
                    if !isParallel { try db.simple("SET max_parallel_maintenance_workers = 0") }
                    try db.simple(statement)
                    return true
                }
            }
            group.addTask {
                await self.followBuilding()
                return false
            }
            defer { group.cancelAll() }
            return try await group.next() ?? false
        }
    }

    /// What the graph takes, roughly, within what it may take: vectors, links, and what pgvector keeps beside them.
    private var buildMemory: Int {
        let vector = 2 * dimension + 48 * options.m + 400
        let (wanted, overflows) = vector.multipliedReportingOverflow(by: count)
        let least = 64 << 20
        return overflows
            ? max(least, options.buildMemory) : min(max(least, wanted), max(least, options.buildMemory))
    }

    /// Tells how the building goes, until the task is cancelled.
    private func followBuilding() async {
        let name = table.name
        // A sleep that was cancelled: the index is there.
        while (try? await Task.sleep(for: Self.pause)) != nil {
            let told = try? await pool.withConnection { db -> PostgresVectorBuild? in
                let found = try db.query(
                    """
                    SELECT phase, blocks_done, blocks_total FROM pg_stat_progress_create_index
                    WHERE relid = to_regclass($1)::oid
                    """, [.text(name)])
                guard let row = found.first else { return nil }
                let (done, total) = (try row.int(1), try row.int(2))
                return .advanced(
                    phase: try row.text(0), share: total > 0 ? Double(done) / Double(total) : nil)
            }
            if let told = told ?? nil { report(told) }
        }
    }

    // MARK: What is there

    /// Whether there is an index, and what stands in its place.
    enum IndexState: Sendable, Equatable {
        case absent, ready, beingBuilt
        /// A building that ended half way.
        case leftOver
    }

    /// Whether searches have an index; without one they compare every vector.
    public func isIndexed() async throws -> Bool { try await indexState() == .ready }

    func indexState() async throws -> IndexState {
        let (name, table) = (table.indexName, table.name)
        return try await pool.retried { db in
            let found = try db.query(
                """
                SELECT indisvalid, EXISTS (
                    SELECT 1 FROM pg_stat_progress_create_index WHERE relid = to_regclass($2)::oid)
                FROM pg_index WHERE indexrelid = to_regclass($1)::oid
                """, [.text(name), .text(table)])
            guard let row = found.first else { return .absent }
            if try row.bool(0) { return .ready }
            return try row.bool(1) ? .beingBuilt : .leftOver
        }
    }

    /// Who builds holds the table's lock, seen or not: where it is not to be had, nothing is taken away.
    private func removeLeftOver() async throws {
        let (name, table) = (table.indexName, table.name)
        do {
            try await pool.transaction(.write) { db in
                try db.query("LOCK TABLE \(table) IN SHARE UPDATE EXCLUSIVE MODE NOWAIT")
                let isValid = try db.query(
                    "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass($1)::oid", [.text(name)])
                if let row = isValid.first, try !row.bool(0) { try db.query("DROP INDEX \(name)") }
                return
            }
        } catch let error as PostgresError where error.isOfLocked {
            try await Task.sleep(for: Self.pause)
        }
    }

    // MARK: Figures

    /// What the table holds and takes on the server; this process holds nothing of it.
    ///
    /// - Throws: ``VectorIndexError/unavailable(server:reason:)`` and the like. Waits for the server.
    public func statistics() throws(VectorIndexError) -> IndexStatistics {
        let name = table.name
        let (reading, bytes) = try told {
            try pool.waiting { db in
                let bytes = try db.int("SELECT pg_total_relation_size(to_regclass($1))", [.text(name)])
                return (try Self.figures(of: name, db), Int(clamping: bytes ?? 0))
            }
        }
        return IndexStatistics(
            count: reading.count, deadCount: 0, layerCount: 0, format: .float16, bytesPerVector: 0,
            snapshotByteCount: bytes, logByteCount: 0, logRecordCount: 0, generation: 0)
    }
}
