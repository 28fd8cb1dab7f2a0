import Dispatch
import Synchronization

/// Work divided among cores, with results in order whoever did what.
enum Parallel {
    /// `transform` of every element, computed by up to `threads` threads.
    ///
    /// - Parameter transform: called from several threads at once, once for each element.
    static func map<Element: Sendable, Result: Sendable>(
        _ elements: [Element], threads: Int, _ transform: @Sendable (Element) -> Result
    ) -> [Result] {
        // Below this, waking threads costs more than they do.
        let smallest = 8
        guard threads > 1, elements.count >= smallest else { return elements.map(transform) }
        let results = Results<Result>(count: elements.count)
        let next = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: min(threads, elements.count)) { _ in
            while true {
                let position = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard position < elements.count else { return }
                results.set(transform(elements[position]), at: position)
            }
        }
        return results.take()
    }

    /// One place for each result.
    private final class Results<Result: Sendable>: @unchecked Sendable {
        // Sendable proof: each place is written once, by the one thread that drew its position, and read
        // after `concurrentPerform` has waited for all of them.
        private let places: UnsafeMutableBufferPointer<Result?>

        init(count: Int) {
            places = .allocate(capacity: count)
            places.initialize(repeating: nil)
        }

        deinit {
            places.deinitialize()
            places.deallocate()
        }

        func set(_ result: Result, at position: Int) {
            places[position] = result
        }

        func take() -> [Result] { places.compactMap { $0 } }
    }
}
