import Foundation
import Testing

@testable import Concurrency

@Suite(.timeLimit(.minutes(1))) struct `Names that nobody has used before` {
    private func isLowercaseUUID(_ id: String, version: Character) -> Bool {
        guard UUID(uuidString: id)?.uuidString.lowercased() == id else { return false }
        let characters = Array(id)
        return characters[14] == version && "89ab".contains(characters[19])
    }

    @Test func `are UUIDs of their versions`() {
        for _ in 0..<1_000 {
            #expect(isLowercaseUUID(UniqueID.random(), version: "4"))
            #expect(isLowercaseUUID(UniqueID.ordered(), version: "7"))
        }
    }

    @Test func `are all different, whoever asks at once`() async {
        let ids = await withTaskGroup(of: [String].self) { group in
            for number in 0..<16 {
                group.addTask {
                    (0..<2_000).map { _ in
                        number.isMultiple(of: 2) ? UniqueID.random() : UniqueID.ordered(at: 1_790_000_000_000)
                    }
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(ids).count == 32_000)
    }

    @Test func `of later milliseconds stand behind those of earlier ones`() {
        let times: [UInt64] = [0, 1, 255, 256, 1_790_000_000_000, 1_790_000_000_001, (1 << 48) - 1]
        let ids = times.map { UniqueID.ordered(at: $0) }
        #expect(ids == ids.sorted())
        #expect(ids[0].hasPrefix("00000000-0000-7"))
        #expect(ids[6].hasPrefix("ffffffff-ffff-7"))
        // 1,790,000,000,000 in hexadecimal.
        #expect(ids[4].hasPrefix("01a0c450-6c00-7"))
        #expect(abs(Double(UniqueID.now) - 1_000 * Date().timeIntervalSince1970) < 60_000)
    }

    @Test func `are made of bits that come up about as often set as not`() {
        var counts = [Int](repeating: 0, count: 64)
        let reserve = RandomReserve()
        for _ in 0..<10_000 {
            let number = reserve.next()
            for bit in 0..<64 where number & (1 << UInt64(bit)) != 0 { counts[bit] += 1 }
        }
        // Ten standard deviations of a fair coin thrown 10,000 times.
        #expect(counts.allSatisfy { abs($0 - 5_000) < 500 })
    }
}
