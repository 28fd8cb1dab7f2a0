import JSONValue
import Synchronization
import Testing

@testable import Flow

@Suite(.timeLimit(.minutes(1))) struct `An observer of steps` {
    private final class Seen: StepObserver {
        private let steps = Mutex<[StepTrace]>([])

        var all: [StepTrace] { steps.withLock { $0 } }

        func ended(_ step: StepTrace) { steps.withLock { $0.append(step) } }
    }

    private func context(_ observer: any StepObserver) -> RunContext {
        RunContext(runID: "observed", observer: observer)
    }

    @Test func `is told of each step once, whether the run is followed or waited for`() async throws {
        let plan = try plan(
            FlowGraph(
                [.node("w", "Words", ["count": 2]), .node("s", "Speak")], edges: ["w.words > s.words"],
                outputs: ["output": "s.text"]))
        let waited = Seen()
        let outcome = try await plan.run(in: context(waited))
        #expect(waited.all == outcome.traces)
        #expect(waited.all.map(\.type) == ["Words", "Speak"])
        let followed = Seen()
        let (_, events) = try plan.start(in: context(followed))
        for try await _ in events {}
        #expect(followed.all.map(\.type) == ["Words", "Speak"])
    }

    @Test func `is told of a step that failed, though the run gives no outcome`() async throws {
        let seen = Seen()
        let plan = try plan(
            FlowGraph([.node("p", "Probe")], edges: [], outputs: ["output": "p.value"]),
            catalog: .testing(probe: { _ in throw Unlucky() }))
        await #expect(throws: FlowError.self) { try await plan.run(in: context(seen)) }
        #expect(seen.all.map(\.outcome) == [.failed])
    }
}
