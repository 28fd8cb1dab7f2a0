import Concurrency
import Corpus
import Synchronization

extension FlowRuns {
    /// The same events, cut off as soon as something of what was shown within the caller's scope may not be read any more.
    ///
    /// Every stream of a run's events is told through this one: what they are told as differs, and not when they end.
    /// An event that shows something of a document for the first time is looked at before it is given out.
    ///
    /// - Parameter isReplay: whether the events are of a run that was stored: what it shows was found before, so that there is
    ///   no other look at it than this one.
    /// - Throws: the sequence throws ``RequestFault/accessWithdrawn`` then, besides whatever `events` throw.
    func watched<Events: AsyncSequence & Sendable>(
        _ events: Events, for caller: Caller, isReplay: Bool = false
    ) -> PulledSequence<Events.Element> where Events.Element: Sendable {
        guard let watch else { return PulledSequence(events) }
        return PulledSequence {
            let reading = WatchedReading(
                PulledSequence(events), watch: watch, caller: caller, isReplay: isReplay)
            return { try await reading.next() }
        }
    }
}

/// One reading of events under watch. Its end ends the watch.
private final class WatchedReading<Element: Sendable> {
    private let base: ExclusiveIterator<PulledSequence<Element>.AsyncIterator>
    private let watch: AccessWatch
    private let caller: Caller
    private let isReplay: Bool
    private let withdrawal = Withdrawal()
    private var known: Set<String> = []
    private var watching: Task<Void, Never>?

    init(_ events: PulledSequence<Element>, watch: AccessWatch, caller: Caller, isReplay: Bool) {
        base = ExclusiveIterator(events.makeAsyncIterator())
        self.watch = watch
        self.caller = caller
        self.isReplay = isReplay
    }

    deinit { watching?.cancel() }

    func next() async throws -> Element? {
        if watching == nil {
            watching = Task { [watch, caller, withdrawal] in
                do {
                    try await watch.watch(
                        caller.scope, for: caller.reader, isStillAdmitted: caller.isStillAdmitted)
                } catch let fault as RequestFault {
                    withdrawal.happen(fault)
                } catch {
                    // The reading has ended.
                }
            }
        }
        // A task of its own, so that the wait for an event can be ended and whoever waits still tell why.
        let step = Task { [base] in try await base.next() }
        withdrawal.interrupts { step.cancel() }
        let outcome = await withTaskCancellationHandler {
            await step.result
        } onCancel: {
            step.cancel()
        }
        if let fault = withdrawal.fault { throw fault }
        guard let event = try outcome.get() else { return nil }
        let shown = caller.scope.shownDocuments
        if shown.count > known.count {
            try await watch.check(
                shown.subtracting(known), for: caller.reader, mustAnswer: isReplay)
            known = shown
        }
        return event
    }
}

/// That a right was taken away, and what waits meanwhile.
private final class Withdrawal: Sendable {
    private struct State {
        var fault: RequestFault?
        var interrupt: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    var fault: RequestFault? { state.withLock(\.fault) }

    func happen(_ fault: RequestFault) {
        state.withLock { state in
            state.fault = fault
            return state.interrupt
        }?()
    }

    /// - Parameter interrupt: ends what goes on now; called at once if it has happened already.
    func interrupts(_ interrupt: @escaping @Sendable () -> Void) {
        let hasHappened = state.withLock { state in
            state.interrupt = interrupt
            return state.fault != nil
        }
        if hasHappened { interrupt() }
    }
}
