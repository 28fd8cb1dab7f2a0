import Components
import Flow
import FlowService
import Testing
import Workspace

@Suite(.timeLimit(.minutes(1))) struct `A stored run that somebody ends` {
    /// What some libraries make of a cancellation.
    private struct OddFault: Error {}

    @Test func `is cancelled before it began`() async throws {
        let fixture = try await ServiceFixture()
        let flow = try await fixture.keep(.echo(), for: "ada")
        let caller = fixture.caller("ada")
        let run = try await fixture.service.submit(
            FlowSubmission(.said("hello", in: "s")), of: flow.id, as: caller)
        #expect(try await fixture.service.cancel(run: run.id, as: caller).state == .cancelled)
        await RunWorker(fixture.service, name: "worker").drain()
        let ended = try await fixture.service.run(run.id, as: caller)
        #expect(ended.state == .cancelled)
        #expect(ended.attempts == 0)
        // Nobody told anything of it: the end that the store knows is told.
        #expect(try await fixture.events(of: run.id, as: caller).map(\.kind) == [.cancelled])
        #expect(try await fixture.said(by: "ada", to: flow.id, in: "s").isEmpty)
        #expect(
            try await refusal { _ = try await fixture.service.requeue(run: run.id, as: caller) }
                == "wrong-state"
        )
    }

    @Test func `is cancelled while it runs`() async throws {
        let began = Signal()
        let fixture = try await ServiceFixture(
            configuration: FlowServiceConfiguration(lease: .milliseconds(150)),
            probe: { message in
                began.set()
                do {
                    try await Task.sleep(for: .seconds(3_600))
                } catch {
                    // Some libraries make an error of their own of it.
                    throw OddFault()
                }
                return message
            })
        let flow = try await fixture.keep(.probing(), for: "ada")
        let caller = fixture.caller("ada")
        let run = try await fixture.service.submit(
            FlowSubmission(.said("hello", in: "s")), of: flow.id, as: caller)
        let worker = Task { [service = fixture.service] in
            await RunWorker(service, name: "worker").drain()
        }
        await began.wait()
        let asked = try await fixture.service.cancel(run: run.id, as: caller)
        #expect(asked.isCancelRequested)
        await worker.value
        #expect(try await fixture.service.run(run.id, as: caller).state == .cancelled)
        let events = try await fixture.events(of: run.id, as: caller)
        #expect(events.last?.kind == .cancelled)
        #expect(events.filter(\.isLast).count == 1)
        #expect(try await fixture.said(by: "ada", to: flow.id, in: "s").isEmpty)
    }
}
