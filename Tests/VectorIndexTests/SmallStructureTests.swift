import Testing

@testable import VectorIndex

@Suite struct `Search candidates` {
    @Test func `sort as their distances do, negative, zero and infinite ones too`() {
        let distances: [Float] = [
            -.infinity, -3.5, -1e-30, 0, .leastNonzeroMagnitude, 1e-30, 1, 1.0000001, 1e30, .infinity,
        ]
        let candidates = distances.enumerated().map { Candidate(distance: $1, slot: UInt32($0)) }
        #expect(candidates.shuffled().sorted() == candidates)
        #expect(candidates.map(\.distance) == distances)
        #expect(candidates.map(\.slot) == (0..<10).map(UInt32.init))
    }

    @Test func `at one distance sort by slot`() {
        #expect(Candidate(distance: 1, slot: 3) < Candidate(distance: 1, slot: 4))
    }
}

@Suite struct `A bounded heap` {
    @Test(arguments: [1, 2, 7, 100])
    func `keeps exactly the nearest`(limit: Int) {
        var numbers = SeededNumbers(seed: 21)
        for size in [0, 1, limit - 1, limit, limit + 1, 500] {
            let all = (0..<size).map {
                Candidate(distance: Float.random(in: 0..<1, using: &numbers), slot: UInt32($0))
            }
            var heap = BoundedHeap(limit: limit)
            for candidate in all { heap.offer(candidate) }
            #expect(heap.sorted() == Array(all.sorted().prefix(limit)), "seed 21, \(size) offered")
        }
    }
}

@Suite struct `A beam` {
    @Test(arguments: [1, 2, 33, 300])
    func `keeps the nearest and expands each once, nearest first`(width: Int) {
        var numbers = SeededNumbers(seed: 22)
        let all = (0..<400).map {
            Candidate(distance: Float.random(in: 0..<1, using: &numbers), slot: UInt32($0))
        }
        var beam = Beam()
        beam.reset(width: width)
        for candidate in all { beam.insert(candidate) }
        #expect(beam.candidates() == Array(all.sorted().prefix(width)), "seed 22")
        var expanded: [UInt32] = []
        while let slot = beam.popNearest() { expanded.append(slot) }
        #expect(expanded == all.sorted().prefix(width).map(\.slot))
    }

    @Test func `takes no more candidates of one distance than it is told to`() {
        var beam = Beam()
        beam.reset(width: 10, equalLimit: 2)
        for slot in [5, 3, 9, 1] as [UInt32] { beam.insert(Candidate(distance: 0.5, slot: slot)) }
        beam.insert(Candidate(distance: 0.25, slot: 2))
        beam.insert(Candidate(distance: 0.75, slot: 4))
        #expect(beam.candidates().map(\.slot) == [2, 3, 5, 4])
    }

    @Test func `goes back for a candidate nearer than those already expanded`() {
        var beam = Beam()
        beam.reset(width: 4)
        beam.insert(Candidate(distance: 2, slot: 2))
        #expect(beam.popNearest() == 2)
        beam.insert(Candidate(distance: 3, slot: 3))
        beam.insert(Candidate(distance: 1, slot: 1))
        #expect(beam.popNearest() == 1)
        #expect(beam.popNearest() == 3)
        #expect(beam.popNearest() == nil)
    }
}

@Suite struct `A visited set` {
    @Test func `forgets everything at each reset, beyond the wrap of its epoch`() {
        var visited = VisitedSet(capacity: 3)
        for _ in 0..<600 {
            visited.reset(capacity: 3)
            for slot in 0..<UInt32(3) {
                #expect(visited.insert(slot))
                #expect(!visited.insert(slot))
            }
        }
    }

    @Test func `grows empty`() {
        var visited = VisitedSet(capacity: 1)
        visited.reset(capacity: 1)
        _ = visited.insert(0)
        visited.reset(capacity: 100)
        #expect((0..<100).allSatisfy { visited.insert($0) })
    }
}

@Suite struct `A slot table` {
    @Test func `finds what a dictionary finds through any mix of changes`() {
        var numbers = SeededNumbers(seed: 23)
        var table = SlotTable(capacity: 64)
        var truth: [UInt64: UInt32] = [:]
        var free = (0..<UInt32(64)).map { $0 }
        for step in 0..<20_000 {
            let id = UInt64.random(in: 0..<80, using: &numbers)
            if Bool.random(using: &numbers), let slot = free.popLast() {
                table.prepare(slot, id: id)
                let old = table.activate(slot)
                #expect(old == truth[id], "seed 23, step \(step)")
                if let old { free.append(old) }
                truth[id] = slot
            } else {
                let old = table.deactivate(id)
                #expect(old == truth.removeValue(forKey: id), "seed 23, step \(step)")
                if let old { free.append(old) }
            }
            if table.isCrowded() { table = SlotTable(rebuilding: table, capacity: 64) }
            #expect(table.slot(of: id) == truth[id])
            #expect(table.count == truth.count)
        }
        #expect(Set(table.liveSlots()) == Set(truth.values))
    }
}

@Suite(.timeLimit(.minutes(2))) struct `An era ledger` {
    private final class Page: Sendable {}

    @Test func `calls an era over only when its readers, and earlier ones, are done`() {
        let ledger = EraLedger(Page())
        #expect(ledger.isOver(ledger.closeEra()))
        ledger.read { _ in
            let early = ledger.closeEra()
            #expect(!ledger.isOver(early))
            ledger.read { _ in
                let late = ledger.closeEra()
                #expect(!ledger.isOver(late))
            }
            // The later reader is done, the earlier one is not.
            #expect(!ledger.isOver(early))
            #expect(!ledger.isOver(early + 1))
        }
        #expect(ledger.isOver(2))
    }

    @Test func `lends a reader one snapshot, whatever is published meanwhile`() {
        let (first, second) = (Page(), Page())
        let ledger = EraLedger(first)
        ledger.read { page in
            ledger.publish(second)
            #expect(page === first)
        }
        ledger.read { #expect($0 === second) }
    }
}

@Suite struct `A checksum` {
    // Values of the reference implementation, XXH64 with seed 0.
    @Test(
        arguments: [
            ("", 0xef46_db37_51d8_e999), ("a", 0xd24e_c4f1_a98c_6e5b), ("abc", 0x44bc_2cf5_ad77_0999),
            ("Nobody inspects the spammish repetition", 0xfbce_a83c_8a37_8bf1),
        ] as [(String, UInt64)])
    func `is XXH64`(text: String, expected: UInt64) {
        #expect(Array(text.utf8).withUnsafeBytes(Checksum.of) == expected)
    }

    @Test func `does not depend on how the bytes are cut`() {
        var numbers = SeededNumbers(seed: 24)
        let bytes = (0..<1000).map { _ in UInt8.random(in: 0...255, using: &numbers) }
        let whole = bytes.withUnsafeBytes(Checksum.of)
        for _ in 0..<100 {
            var checksum = Checksum()
            var rest = bytes[...]
            while !rest.isEmpty {
                let piece = Array(rest.prefix(Int.random(in: 0...90, using: &numbers)))
                piece.withUnsafeBytes { checksum.update($0) }
                rest = rest.dropFirst(piece.count)
            }
            #expect(checksum.value == whole, "seed 24")
        }
    }
}
