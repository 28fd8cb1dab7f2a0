import Foundation
import TestSupport
import Testing

@testable import VectorCollections

@Suite struct `Packed vectors` {
    @Test func `of points and queries come back as they went`() throws {
        var random = RandomPoints(seed: 8, dimension: 5)
        let points = [0, 7, UInt64.max].map { Point(id: .integer($0), vector: random.vector()) }
        let body = try #require(PackedVectors.body(points: points))
        #expect(body.count == 24 + 3 * 8 + 3 * 5 * 4)
        #expect(try PackedVectors.points(body) == points)
        let vectors = points.map(\.vector)
        let queries = try PackedVectors.queries(
            try #require(PackedVectors.body(queries: vectors, k: 3, efSearch: 40)))
        #expect(queries.map(\.vector) == vectors)
        #expect(queries.allSatisfy { $0.k == 3 && $0.efSearch == 40 && $0.filter == nil })
        #expect(queries.map(\.place) == ["queries[0].", "queries[1].", "queries[2]."])
        let standard = try PackedVectors.queries(
            try #require(PackedVectors.body(queries: vectors, k: 3)))
        #expect(standard.allSatisfy { $0.efSearch == nil })
    }

    @Test func `of results hold a list for each query, and no texts`() throws {
        let results: [[(UInt64, Float)]] = [[(9, 0.5), (1, -2)], [], [(.max, 1)]]
        let scored = results.map { list in list.map { ScoredPoint(id: .integer($0.0), score: $0.1) } }
        let body = try #require(PackedVectors.body(results: scored))
        let read = try PackedVectors.results(body)
        #expect(read.map { $0.map(\.id) } == results.map { $0.map(\.0) })
        #expect(read.map { $0.map(\.score) } == results.map { $0.map(\.1) })
        #expect(PackedVectors.body(results: [[ScoredPoint(id: .name("a"), score: 1)]]) == nil)
        #expect(PackedVectors.body(points: [Point(id: .name("a"), vector: [1])]) == nil)
    }

    /// The layout is what clients in other languages write: byte by byte, by hand.
    @Test func `have the layout that is documented`() throws {
        let bytes: [UInt8] = [
            0x4D, 0x56, 0x45, 0x43, 1, 0, 1, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0,
        ]
        let point = Point(id: .integer(5), vector: [1, -2])
        #expect(try PackedVectors.points(Data(bytes)) == [point])
        #expect(PackedVectors.body(points: [point]) == Data(bytes))
    }

    @Test func `that are cut short, too long or of another kind are refused`() throws {
        let body = try #require(PackedVectors.body(points: [Point(id: .integer(1), vector: [1, 2])]))
        for count in 0..<body.count {
            #expect(throws: CollectionError.self) { try PackedVectors.points(body.prefix(count)) }
        }
        #expect(throws: CollectionError.self) { try PackedVectors.points(body + [0]) }
        #expect(throws: CollectionError.self) { try PackedVectors.queries(body) }
        #expect(throws: CollectionError.self) { try PackedVectors.results(body) }
        for (offset, value) in [(0, 0), (4, 2), (6, 9), (11, 1), (15, 0xFF)] as [(Int, UInt8)] {
            var wrong = body
            wrong[offset] = value
            #expect(throws: CollectionError.self) { try PackedVectors.points(wrong) }
        }
    }

    @Test func `of results that lie about their length are refused`() throws {
        let body = try #require(
            PackedVectors.body(results: [[ScoredPoint(id: .integer(1), score: 1)]]))
        for value in [UInt8(0), 2, 255] {
            for offset in [24, 31] {
                var wrong = body
                wrong[offset] = value
                if wrong == body { continue }
                #expect(throws: CollectionError.self) { try PackedVectors.results(wrong) }
            }
        }
    }
}
