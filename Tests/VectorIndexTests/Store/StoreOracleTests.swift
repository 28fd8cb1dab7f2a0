import Foundation
import Testing

@testable import VectorIndex

/// A store in a directory, and an exact index that is told the same.
private struct OraclePair {
    let settings: StoreSettings
    let directory: URL
    var store: LocalVectorStore?
    let flat: FlatIndex
    var vectors: ClusteredVectors
    private(set) var recalls: [Double] = []

    init(_ settings: StoreSettings, seed: UInt64, in directory: URL) throws {
        (self.settings, self.directory) = (settings, directory)
        vectors = ClusteredVectors(seed: seed, dimension: settings.dimension, clusters: 12)
        flat = try FlatIndex(dimension: settings.dimension, metric: settings.metric)
        store = try settings.open(directory)
    }

    mutating func current() throws -> LocalVectorStore {
        if let store { return store }
        let opened = try settings.open(directory)
        store = opened
        return opened
    }

    mutating func upsert(_ entries: [VectorEntry]) throws {
        try current().upsert(entries)
        try flat.upsert(entries)
    }

    mutating func remove(_ ids: [UInt64]) throws {
        try current().remove(ids)
        try flat.remove(ids)
    }

    /// Closes the store, so that the next use opens it.
    mutating func reopen() throws {
        store = nil
        _ = try current()
    }

    /// Searches both. Whatever comes back must be stored, admitted, at its exact distance, in order and once.
    mutating func check(
        _ query: [Float], k: Int, efSearch: Int? = nil, filter: VectorFilter? = nil, _ note: String
    )
        throws
    {
        let store = try current()
        let all = try flat.search(query, k: max(flat.count, 1), filter: filter)
        let found = try store.search(query, k: k, efSearch: efSearch, filter: filter)
        let exact = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0.distance) })
        for neighbor in found {
            try #require(exact[neighbor.id] == neighbor.distance, "\(note): \(neighbor)")
        }
        try #require(Set(found.map(\.id)).count == found.count, "\(note): an id twice")
        try #require(found.count == min(k, all.count), "\(note): \(found.count) of \(min(k, all.count))")
        try #require(zip(found, found.dropFirst()).allSatisfy { $0.distance <= $1.distance }, "\(note)")
        if k == 10, !all.isEmpty {
            recalls.append(recall(of: found, against: Array(all.prefix(10)), k: min(10, all.count)))
        }
    }

    func checkSound(_ note: String) throws {
        let store = try #require(store)
        try #require(store.violations() == [], "\(note)")
        try #require(Set(store.ids()) == Set(flat.ids()) && store.count == flat.count, "\(note)")
    }

    var meanRecall: Double { recalls.reduce(0, +) / Double(recalls.count) }
}

@Suite(.timeLimit(.minutes(5))) struct `A store beside exact search` {
    private static let settings = zip(
        [VectorFormat.int8, .float32, .float16, .int4, .int8, .float32],
        [Metric.cosine, .squaredL2, .innerProduct, .cosine, .innerProduct, .cosine]
    ).map { StoreSettings(dimension: 12, metric: $1, format: $0, M: 8, efConstruction: 100, efSearch: 48) }
    /// For harder data, the parameters that stores have if nobody says otherwise.
    private static let standard = settings.map { settings in
        var settings = settings
        (settings.M, settings.efConstruction, settings.efSearch) = (16, 200, 64)
        return settings
    }

    @Test(arguments: settings, [21, 22] as [UInt64])
    func `agrees with it through changes, filters, compactions and openings`(
        settings: StoreSettings, seed: UInt64
    ) throws {
        try withQuickDirectory { directory in
            var pair = try OraclePair(settings, seed: seed, in: directory)
            let first = pair.vectors.entries(0..<700)
            try pair.upsert(first)
            for step in 0..<100 {
                let note = "seed \(seed), step \(step)"
                try Self.change(&pair)
                if step % 5 == 0 { try pair.checkSound(note) }
                try Self.search(&pair, note)
            }
            try pair.checkSound("seed \(seed), at the end")
            try pair.current().verify()
            #expect(pair.meanRecall >= 0.95, "seed \(seed): \(pair.meanRecall)")
        }
    }

    private static func change(_ pair: inout OraclePair) throws {
        var ids = (0..<25).map { _ in UInt64.random(in: 0..<1200, using: &pair.vectors.numbers) }
        ids = Set(ids).sorted()
        switch Int.random(in: 0..<12, using: &pair.vectors.numbers) {
        case 0: try pair.current().compact()
        case 1: try pair.reopen()
        case 2...5: try pair.remove(ids)
        default: try pair.upsert(ids.map { VectorEntry(id: $0, vector: pair.vectors.next()) })
        }
    }

    private static func search(_ pair: inout OraclePair, _ note: String) throws {
        let divisor = UInt64.random(in: 1...40, using: &pair.vectors.numbers)
        let allowed = IDBitmap((0..<1200).filter { $0 % divisor == 0 })
        let filters: [VectorFilter?] = [nil, .allowed(allowed), .predicate { $0 % divisor == 0 }]
        for filter in filters {
            for k in [1, 10, 37] {
                let efSearch = [nil, k + 20, 200].randomElement(using: &pair.vectors.numbers) ?? nil
                try pair.check(
                    pair.vectors.next(), k: k, efSearch: efSearch, filter: filter,
                    "\(note), k \(k), ef \(efSearch ?? 0), one of \(divisor)")
            }
        }
    }

    @Test(arguments: settings)
    func `finds all there is when more is asked for`(settings: StoreSettings) throws {
        try withQuickDirectory { directory in
            var pair = try OraclePair(settings, seed: 23, in: directory)
            try pair.check(pair.vectors.next(), k: 5, "empty")
            for count in [1, 2, 5, 900] as [UInt64] {
                let entries = pair.vectors.entries(0..<count)
                try pair.upsert(entries)
                try pair.check(pair.vectors.next(), k: 1000, "seed 23, \(count) vectors")
                try pair.check(
                    pair.vectors.next(), k: 1000, filter: .predicate { $0 % 3 == 0 }, "seed 23, \(count)")
                try pair.current().compact()
                try pair.check(pair.vectors.next(), k: 1000, "seed 23, \(count) compacted")
            }
            let more = pair.vectors.entries(900..<2500)
            try pair.upsert(more)
            try pair.check(pair.vectors.next(), k: 1000, "seed 23, 2500 vectors")
            try pair.remove(Array(0..<2500))
            try pair.check(pair.vectors.next(), k: 5, "all removed")
            try pair.current().compact()
            try pair.reopen()
            try pair.check(pair.vectors.next(), k: 5, "all removed, compacted and opened")
            try pair.upsert(more)
            try pair.checkSound("seed 23, filled again")
        }
    }

    private static func ids(ofCluster cluster: Int) -> Range<UInt64> {
        UInt64(cluster * 300)..<UInt64(cluster * 300 + 300)
    }

    @Test(arguments: standard)
    func `finds the next ones where a whole cluster was just removed`(settings: StoreSettings) throws {
        try withQuickDirectory { directory in
            var pair = try OraclePair(settings, seed: 24, in: directory)
            // Cluster after cluster: an order in which links between clusters are hard to come by.
            let centres = pair.vectors.centres
            for (cluster, centre) in centres.enumerated() {
                let ids = Self.ids(ofCluster: cluster)
                try pair.upsert(ids.map { VectorEntry(id: $0, vector: pair.vectors.near(centre)) })
            }
            try pair.checkSound("seed 24, sorted by cluster")
            for _ in 0..<100 { try pair.check(pair.vectors.next(), k: 10, "seed 24, sorted by cluster") }
            for cluster in [3, 0] {
                try pair.remove(Array(Self.ids(ofCluster: cluster)))
                for k in [1, 10, 500] {
                    try pair.check(centres[cluster], k: k, "seed 24, without cluster \(cluster), k \(k)")
                }
                for _ in 0..<20 {
                    try pair.check(
                        pair.vectors.near(centres[cluster]), k: 10, "seed 24, without cluster \(cluster)")
                }
                try pair.checkSound("seed 24, without cluster \(cluster)")
                try pair.current().compact()
                try pair.check(centres[cluster], k: 10, "seed 24, without cluster \(cluster), compacted")
            }
            #expect(pair.meanRecall >= 0.95, "seed 24: \(pair.meanRecall)")
        }
    }

    @Test(arguments: standard)
    func `is not lost among copies`(settings: StoreSettings) throws {
        try withQuickDirectory { directory in
            var pair = try OraclePair(settings, seed: 25, in: directory)
            let originals = pair.vectors.queries(12)
            // Of 3000 vectors, two thirds are copies of twelve.
            let entries = (0..<UInt64(3000)).map { id in
                let vector = id % 3 == 0 ? pair.vectors.next() : originals[Int(id % 12)]
                return VectorEntry(id: id, vector: vector)
            }
            try pair.upsert(entries)
            try pair.checkSound("seed 25")
            var (found, wanted) = (0, 0)
            for round in 0..<3 {
                for _ in 0..<60 {
                    let query = pair.vectors.next()
                    try pair.check(query, k: 10, "seed 25, round \(round)")
                    // Copies are equally right, so distances are compared and not ids.
                    let exact = try pair.flat.search(query, k: 10).map(\.distance)
                    let answer = try pair.current().search(query, k: 10).map(\.distance)
                    wanted += exact.count
                    found += answer.count { $0 <= exact[exact.count - 1] }
                }
                try pair.remove((0..<3000).filter { $0 % 10 == UInt64(round) })
                try pair.current().compact()
                try pair.checkSound("seed 25, round \(round)")
            }
            #expect(Double(found) >= 0.95 * Double(wanted), "seed 25: \(found) of \(wanted)")
        }
    }
}
