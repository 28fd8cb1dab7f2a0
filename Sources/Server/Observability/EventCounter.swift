import Synchronization

/// A count that only grows. Any thread adds to it without waiting for another one.
final class EventCounter: Sendable {
    private let count = Atomic<UInt64>(0)

    /// Begins anew at 0 beyond 2⁶⁴, which a count of events does not reach.
    func add(_ amount: UInt64 = 1) { count.wrappingAdd(amount, ordering: .relaxed) }

    var value: UInt64 { count.load(ordering: .relaxed) }
}

/// A sum of fractions, such as dollars, that only grows.
final class AmountCounter: Sendable {
    /// The bits of a `Double`: it has no atomic addition of its own.
    private let bits = Atomic<UInt64>(0)

    /// Adds `amount`; one that is below zero or no number is left out, for the sum would be worth nothing after it.
    func add(_ amount: Double) {
        guard amount.isFinite, amount > 0 else { return }
        var known = bits.load(ordering: .relaxed)
        while true {
            let sum = (Double(bitPattern: known) + amount).bitPattern
            let (exchanged, original) = bits.weakCompareExchange(
                expected: known, desired: sum, ordering: .relaxed)
            guard !exchanged else { return }
            known = original
        }
    }

    var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }
}

/// How many of something there are now.
final class Level: Sendable {
    private let count = Atomic(0)

    func rise() { count.wrappingAdd(1, ordering: .relaxed) }
    func fall() { count.wrappingSubtract(1, ordering: .relaxed) }

    var value: Int { count.load(ordering: .relaxed) }
}
