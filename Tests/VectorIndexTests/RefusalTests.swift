import Foundation
import Testing
import VectorIndex

/// Both stores refuse the same things, with the same errors, and change nothing.
@Suite struct `Vector stores refuse` {
    private static func stores(_ metric: Metric = .cosine) throws -> [any VectorStore] {
        [
            try FlatIndex(dimension: 3, metric: metric),
            try LocalVectorStore(directory: nil, dimension: 3, metric: metric),
        ]
    }

    private func expectRefusal(
        _ error: VectorIndexError, metric: Metric = .cosine, of vector: [Float], isQuery: Bool = false
    ) throws {
        for store in try Self.stores(metric) {
            try store.upsert([VectorEntry(id: 7, vector: [1, 2, 3])])
            if isQuery {
                #expect(throws: error) { try store.search(vector, k: 1) }
            } else {
                #expect(throws: error) {
                    try store.upsert([
                        VectorEntry(id: 1, vector: [1, 0, 0]), VectorEntry(id: 8, vector: vector),
                    ])
                }
                #expect(store.ids() == [7])
            }
        }
    }

    @Test func `a vector of another dimension`() throws {
        try expectRefusal(.dimensionMismatch(expected: 3, actual: 2), of: [1, 2])
        try expectRefusal(.dimensionMismatch(expected: 3, actual: 0), of: [], isQuery: true)
        try expectRefusal(.dimensionMismatch(expected: 3, actual: 4), of: [1, 2, 3, 4], isQuery: true)
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity])
    func `a component that is no number, and say which`(value: Float) throws {
        try expectRefusal(.notFinite(id: 8, component: 1), of: [1, value, 3])
        try expectRefusal(.notFinite(id: nil, component: 2), of: [1, 2, value], isQuery: true)
    }

    @Test func `the zero vector where only directions count`() throws {
        try expectRefusal(.zeroVector(id: 8), of: [0, 0, 0])
        try expectRefusal(.zeroVector(id: nil), of: [0, -0, 0], isQuery: true)
        for metric in [Metric.innerProduct, .squaredL2] {
            for store in try Self.stores(metric) {
                try store.upsert([VectorEntry(id: 1, vector: [0, 0, 0])])
                #expect(try store.search([0, 0, 0], k: 1).map(\.id) == [1])
            }
        }
    }

    @Test func `a vector so long that distances would overflow`() throws {
        let norm = Double(Float(1e20))
        try expectRefusal(.tooLong(id: 8, norm: norm, limit: 1e18), metric: .squaredL2, of: [1e20, 0, 0])
    }

    @Test func `an id that comes twice in one call`() throws {
        for store in try Self.stores() {
            #expect(throws: VectorIndexError.duplicateID(4)) {
                try store.upsert([
                    VectorEntry(id: 4, vector: [1, 0, 0]), VectorEntry(id: 4, vector: [0, 1, 0]),
                ])
            }
            #expect(store.count == 0)
        }
    }

    @Test(arguments: [0, -1, 1_000_001])
    func `a k out of range`(k: Int) throws {
        for store in try Self.stores() {
            #expect(throws: VectorIndexError.invalidParameter(name: "k", value: k, allowed: 1...1_000_000)) {
                try store.search([1, 0, 0], k: k)
            }
        }
    }

    @Test func `an efSearch below k`() throws {
        for store in try Self.stores() {
            #expect(throws: VectorIndexError.efSearchBelowK(efSearch: 9, k: 10)) {
                try store.search([1, 0, 0], k: 10, efSearch: 9, filter: nil)
            }
        }
    }

    @Test func `to be saved without a directory`() throws {
        let store = try LocalVectorStore(directory: nil, dimension: 3, metric: .cosine)
        #expect(throws: VectorIndexError.noDirectory) { try store.save(generation: 1) }
    }

    @Test(arguments: [0, -3, 65_537])
    func `a dimension out of range`(dimension: Int) {
        let error = VectorIndexError.invalidParameter(
            name: "dimension", value: dimension, allowed: 1...65_536)
        #expect(throws: error) { try FlatIndex(dimension: dimension, metric: .cosine) }
        #expect(throws: error) { try LocalVectorStore(directory: nil, dimension: dimension, metric: .cosine) }
    }

    @Test(arguments: [0, 1, 129])
    func `an M outside 2...128`(M: Int) {
        #expect(throws: VectorIndexError.invalidParameter(name: "M", value: M, allowed: 2...128)) {
            try HNSWParameters(M: M)
        }
    }

    @Test func `with words that name both numbers and what to do`() {
        let texts = [
            (
                VectorIndexError.dimensionMismatch(expected: 384, actual: 768),
                "The vector has 768 dimensions; this index holds 384. "
                    + "Embed with the model the index was built with, or rebuild the index."
            ),
            (
                .zeroVector(id: 9),
                "The vector of id 9 is all zeros, which has no direction and so no cosine. "
                    + "Leave it out, or use another metric."
            ),
            (
                .systemFailure(
                    operation: "write", file: "/d/index.hnsw", code: 28, reason: "No space left on device"),
                "Cannot write /d/index.hnsw: No space left on device (errno 28). "
                    + "What was saved before is untouched; try again once the cause is gone."
            ),
        ]
        for (error, text) in texts { #expect(error.description == text) }
    }

    @Test func `a component that half precision cannot hold`() throws {
        let store = try LocalVectorStore(
            directory: nil, dimension: 2, metric: .squaredL2,
            parameters: try HNSWParameters(format: .float16))
        try store.upsert([VectorEntry(id: 1, vector: [65_504, -65_504])])
        #expect(throws: VectorIndexError.beyondFormat(id: 2, component: 1, limit: 65_504)) {
            try store.upsert([VectorEntry(id: 2, vector: [0, -70_000])])
        }
        #expect(store.ids() == [1])
    }
}
