import Synchronization

/// The vectors of all collections together, and how many there may be.
final class VectorTotal: Sendable {
    let limit: Int
    private let count: Atomic<Int>

    init(limit: Int, count: Int) {
        self.limit = limit
        self.count = Atomic(count)
    }

    var room: Int { limit - count.load(ordering: .relaxed) }

    func set(_ number: Int) { count.store(number, ordering: .relaxed) }

    func add(_ change: Int) { count.wrappingAdd(change, ordering: .relaxed) }
}
