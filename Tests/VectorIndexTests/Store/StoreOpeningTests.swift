import Foundation
import Testing

@testable import VectorIndex

@Suite(.timeLimit(.minutes(3))) struct `Opening a store` {
    /// How many chunks of a section have been looked at, and how many there are.
    private func looked(_ section: SnapshotSection, _ ledger: ChunkLedger) -> (seen: Int, of: Int) {
        let chunks = ledger.layout.chunks(of: section, bytes: 0..<ledger.layout.byteCount(of: section))
        return (chunks.count { !ledger.needs($0) }, chunks.count)
    }

    @Test(arguments: StoreSettings.severalChunks)
    func `looks at no block and no row, and a search at what it uses`(settings: StoreSettings) throws {
        try withQuickDirectory { directory in
            var vectors = ClusteredVectors(seed: 15, dimension: 64)
            try settings.open(directory).upsert(vectors.entries(0..<4000))
            try settings.open(directory).compact()
            let store = try settings.open(directory)
            let ledger = try #require(store.damageWatch).ledger
            #expect(looked(.blocks, ledger).seen == 0 && looked(.blocks, ledger).of > 3)
            #expect(!ledger.allVerified)
            if settings.format == .int8 { #expect(looked(.rows, ledger) == (0, 16)) }
            _ = try store.search(vectors.next(), k: 1)
            #expect(looked(.blocks, ledger).seen > 0)
            if settings.format == .int8 { #expect((1..<16).contains(looked(.rows, ledger).seen)) }
            try store.remove([1])
            #expect(looked(.blocks, ledger).seen == looked(.blocks, ledger).of)
            try store.verify()
            #expect(ledger.allVerified)
        }
    }

    @Test func `looks at no block for what came and went again by the end of the log`() throws {
        let settings = try #require(StoreSettings.severalChunks.first)
        try withQuickDirectory { directory in
            var vectors = ClusteredVectors(seed: 18, dimension: 64)
            try settings.open(directory).upsert(vectors.entries(0..<4000))
            try settings.open(directory).compact()
            let passing = vectors.entries(5000..<5040)
            do {
                let store = try settings.open(directory)
                for entry in passing {
                    try store.upsert([entry])
                    try store.remove([entry.id])
                }
            }
            do {
                let store = try settings.open(directory)
                let ledger = try #require(store.damageWatch).ledger
                #expect(store.count == 4000)
                #expect(looked(.blocks, ledger).seen == 0)
                // Gone and stored again, changed, and gone for good.
                try store.upsert([passing[0]])
                try store.remove([passing[0].id, 7])
                try store.upsert([VectorEntry(id: 8, vector: passing[1].vector), passing[0]])
            }
            let store = try settings.open(directory)
            #expect(Set(store.ids()) == Set((0..<4000).filter { $0 != 7 } + [passing[0].id]))
            #expect(try store.search(passing[1].vector, k: 1).first?.id == 8)
            #expect(try store.search(passing[0].vector, k: 1).first?.id == passing[0].id)
            #expect(store.violations() == [])
        }
    }

    @Test func `writes nothing where there is nothing to mend`() throws {
        try withQuickDirectory { directory in
            var vectors = ClusteredVectors(seed: 16, dimension: 6)
            let store = try StoreSettings().open(directory)
            try store.upsert(vectors.entries(0..<100))
            try store.compact()
            withExtendedLifetime(store) {}
        }
        try withQuickDirectory { directory in
            try StoreSettings().open(directory).compact()
            let disk = FaultyDisk()
            _ = try StoreSettings().open(directory, disk: disk.disk)
            #expect(disk.operations == [])
        }
    }

    @Test func `gives the same answers as before, to the bit`() throws {
        for settings in StoreSettings.small {
            try withQuickDirectory { directory in
                var vectors = ClusteredVectors(seed: 17, dimension: 6)
                let store = try settings.open(directory)
                try store.upsert(vectors.entries(0..<3000))
                try store.compact()
                let queries = vectors.queries(50)
                let before = try queries.map { try store.search($0, k: 10) }
                try withDuplicate(of: directory) { copy in
                    let again = try settings.open(copy)
                    #expect(try queries.map { try again.search($0, k: 10) } == before)
                    // What is written anew without a change is the same file but for its number.
                    try again.compact()
                    let (old, new) = (
                        try Data(contentsOf: directory.snapshot), try Data(contentsOf: copy.snapshot)
                    )
                    #expect(old.dropFirst(4096) == new.dropFirst(4096))
                }
            }
        }
    }
}
