import Testing

@testable import VectorCollections

@Suite struct `What changes come to over a journal` {
    private func writing(
        _ stored: [PointID: JournalWriting.Stored] = [:], room: Int = 100
    ) -> JournalWriting {
        JournalWriting(
            sequence: 10, nextSlot: PointID.firstMapped + 5, stored: stored, room: room, limit: 100)
    }

    private func point(_ id: PointID, _ value: Float = 1) -> Point { Point(id: id, vector: [value]) }

    private func report(_ result: Result<ChangeReport, CollectionError>) throws -> ChangeReport {
        try result.get()
    }

    @Test func `gives a place to each id that has none of its own, and keeps it`() throws {
        var writing = writing()
        let name = PointID.name("a")
        #expect(try report(writing.apply(.upsert([point(.integer(7)), point(name)]))).created == 2)
        #expect(try report(writing.apply(.upsert([point(name, 2)]))).replaced == 1)
        #expect(writing.rows.keys.sorted() == [7, PointID.firstMapped + 5])
        #expect(writing.rows[PointID.firstMapped + 5]?.content?.key == "sa")
        #expect(writing.rows[PointID.firstMapped + 5]?.sequence == 12)
        #expect(writing.rows[7]?.content?.key == nil)
        #expect(writing.sequence == 12 && writing.growth == 2)
        #expect(writing.nextSlot == PointID.firstMapped + 6)
    }

    @Test func `gives a text that went another place, and an integer its own`() throws {
        var writing = writing([
            .name("a"): JournalWriting.Stored(slot: PointID.firstMapped, sequence: 3, isRemoved: false),
            .integer(1): JournalWriting.Stored(slot: 1, sequence: 4, isRemoved: true),
        ])
        let removal = JournalChange.remove([.name("a"), .integer(1), .integer(2)], unchangedSince: nil)
        #expect(try report(writing.apply(removal)).removed == 1)
        #expect(writing.removalGrowth == 1 && writing.growth == -1)
        let both = JournalChange.upsert([point(.name("a")), point(.integer(1))])
        #expect(try report(writing.apply(both)).created == 2)
        #expect(writing.rows[PointID.firstMapped]?.content == nil)
        #expect(writing.rows[PointID.firstMapped + 5]?.content != nil)
        // The integer's memory is gone; the text's stays.
        #expect(writing.removalGrowth == 0 && writing.growth == 1)
    }

    @Test func `leaves what was changed after a removal was decided`() throws {
        var writing = writing([
            .integer(1): JournalWriting.Stored(slot: 1, sequence: 8, isRemoved: false),
            .integer(2): JournalWriting.Stored(slot: 2, sequence: 9, isRemoved: false),
        ])
        let removal = JournalChange.remove([.integer(1), .integer(2)], unchangedSince: 8)
        #expect(try report(writing.apply(removal)).removed == 1)
        #expect(writing.rows.keys.sorted() == [1])
    }

    @Test func `refuses all of what there is no room for, and goes on behind it`() throws {
        var writing = writing(
            [.integer(1): JournalWriting.Stored(slot: 1, sequence: 8, isRemoved: false)], room: 1)
        let refused = writing.apply(.upsert([point(.integer(1)), point(.integer(2)), point(.integer(3))]))
        #expect(refused == .failure(.tooManyVectors(limit: 100)))
        #expect(writing.rows.isEmpty && writing.sequence == 10)
        #expect(try report(writing.apply(.upsert([point(.integer(1)), point(.integer(2))]))).created == 1)
        let full = writing.apply(.upsert([point(.integer(3))]))
        #expect(full == .failure(.tooManyVectors(limit: 100)))
        #expect(try report(writing.apply(.upsert([point(.integer(2))]))).replaced == 1)
    }
}
