import Synchronization

/// Does equal work once for everybody who asks for it at the same time.
///
/// The work has a task of its own: it goes on when whoever began it is cancelled, and ends when nobody waits any more.
/// Its failure is told to everybody who waits, and forgotten.
final class SingleFlight<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Flight {
        let promise = Promise<Value>()
        let number: Int
        var waiting = 1
        var task: Task<Void, Never>?
    }

    private struct State {
        var flights: [Key: Flight] = [:]
        var count = 0
    }

    private let state = Mutex(State())

    /// - Parameters:
    ///   - make: does the work. It should look again whether it was done meanwhile: the flight before this one may have
    ///     ended between the caller's look and this call.
    ///   - joined: is told when the work was under way already.
    func value(
        for key: Key, _ make: @escaping @Sendable () async throws -> Value, joined: () -> Void = {}
    ) async throws -> Value {
        try Task.checkCancellation()
        let (flight, isOwn) = join(key)
        if isOwn { begin(key, flight, make) } else { joined() }
        defer { leave(key, flight.number) }
        return try await flight.promise.value()
    }

    private func join(_ key: Key) -> (flight: Flight, isOwn: Bool) {
        state.withLock { state in
            if var known = state.flights[key] {
                known.waiting += 1
                state.flights[key] = known
                return (known, false)
            }
            state.count += 1
            let flight = Flight(number: state.count)
            state.flights[key] = flight
            return (flight, true)
        }
    }

    private func begin(_ key: Key, _ flight: Flight, _ make: @escaping @Sendable () async throws -> Value) {
        let task = Task {
            let result: Result<Value, any Error>
            do {
                result = .success(try await make())
            } catch {
                result = .failure(error)
            }
            // First it is gone, then it is told: whoever comes afterwards finds what it left.
            self.remove(key, flight.number)
            flight.promise.settle(result)
        }
        state.withLock { state in
            if state.flights[key]?.number == flight.number { state.flights[key]?.task = task }
        }
    }

    private func remove(_ key: Key, _ number: Int) {
        state.withLock { state in
            if state.flights[key]?.number == number { state.flights[key] = nil }
        }
    }

    private func leave(_ key: Key, _ number: Int) {
        let abandoned = state.withLock { state -> Task<Void, Never>? in
            guard var flight = state.flights[key], flight.number == number else { return nil }
            flight.waiting -= 1
            state.flights[key] = flight.waiting > 0 ? flight : nil
            return flight.waiting > 0 ? nil : flight.task
        }
        abandoned?.cancel()
    }
}
