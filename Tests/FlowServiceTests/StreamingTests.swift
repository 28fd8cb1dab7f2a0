import Components
import Concurrency
import Flow
import JSONValue
import Models
import Testing
import Workspace
import WorkspaceSQLite

@testable import FlowService

@Suite(.timeLimit(.minutes(1))) struct `Following a run as it goes` {
    private func events(
        _ fixture: ServiceFixture, _ definition: FlowDefinition, _ text: String = "hello"
    ) async throws -> [FlowProgress] {
        let flow = try await fixture.keep(definition, for: "ada")
        let reading = try await fixture.service.events(
            .said(text, in: "s"), of: flow.id, as: fixture.caller("ada"))
        #expect(reading.session == "s")
        #expect(reading.flow.id == flow.id)
        var events: [FlowProgress] = []
        for try await event in reading.events { events.append(event) }
        return events
    }

    @Test func `tells steps, pieces of text and the message in order, and the result last`() async throws {
        let fixture = try await ServiceFixture()
        let events = try await events(fixture, .chain("Model", .chatInput, .model, .chatOutput))
        #expect(events.map(\.position) == Array(0..<events.count))
        let texts = events.compactMap { event -> String? in
            guard case .text("model", let text, let isShown) = event.kind else { return nil }
            #expect(isShown)
            return text
        }
        #expect(texts.joined() == "One two three.")
        #expect(texts.count == 3)
        let lastText = try #require(
            events.lastIndex { if case .text = $0.kind { true } else { false } })
        let message = try #require(
            events.firstIndex { if case .message("out", _) = $0.kind { true } else { false } })
        #expect(lastText < message)
        let began = events.compactMap { event -> String? in
            if case .stepBegan(let component, _) = event.kind { component } else { nil }
        }
        #expect(began == ["in", "model", "out"])
        guard case .finished(let response) = try #require(events.last).kind else {
            Issue.record("it ended otherwise")
            return
        }
        #expect(response.text() == "One two three.")
        #expect(events.filter(\.isLast).count == 1)
    }

    @Test func `keeps what was said by the time that the result is told`() async throws {
        let fixture = try await ServiceFixture()
        let flow = try await fixture.keep(.echo(), for: "ada")
        let reading = try await fixture.service.events(
            .said("hello", in: "s"), of: flow.id, as: fixture.caller("ada"))
        for try await event in reading.events where event.isLast {
            #expect(
                try await fixture.said(by: "ada", to: flow.id, in: "s") == ["User: hello", "AI: hello"])
        }
    }

    @Test func `tells a failure as the last event, and keeps nothing`() async throws {
        let fixture = try await ServiceFixture(probe: { _ in throw RetryableFault() })
        let events = try await events(fixture, .probing())
        guard case .failed(let failure) = try #require(events.last).kind else {
            Issue.record("it ended otherwise")
            return
        }
        #expect(failure.kind == "component-failed")
        #expect(failure.component == "probe")
        #expect(failure.isRetryable)
        let owner = fixture.caller("ada").owner
        #expect(
            try await fixture.store.conversations(for: owner, flow: nil, after: nil, limit: 10).isEmpty)
    }

    @Test func `ends the run when nobody reads on`() async throws {
        let began = Signal()
        let ended = Signal()
        let fixture = try await ServiceFixture(probe: { message in
            began.set()
            try await withTaskCancellationHandler {
                try await Task.sleep(for: .seconds(3_600))
            } onCancel: {
                ended.set()
            }
            return message
        })
        let flow = try await fixture.keep(.probing(), for: "ada")
        var reading: PulledSequence<FlowProgress>.AsyncIterator? = try await fixture.service.events(
            .said("hello", in: "s"), of: flow.id, as: fixture.caller("ada")
        ).events.makeAsyncIterator()
        #expect(try await reading?.next()?.position == 0)
        await began.wait()
        reading = nil
        await ended.wait()
        #expect(try await fixture.said(by: "ada", to: flow.id, in: "s").isEmpty)
    }

    @Test func `does nothing before it is read`() async throws {
        let began = Signal()
        let fixture = try await ServiceFixture(probe: { message in
            began.set()
            return message
        })
        let flow = try await fixture.keep(.probing(), for: "ada")
        _ = try await fixture.service.events(.said("hello"), of: flow.id, as: fixture.caller("ada"))
        #expect(!began.isSet)
    }

    @Test func `reads back every kind of event that it writes`() throws {
        let response = FlowResponse(
            runID: "r", flow: FlowIdentity(id: "f", name: "F", version: 3), session: "s",
            input: ChatMessage("hello"),
            outputs: [
                FlowOutput(
                    component: "out", title: "Out", type: "ChatOutput", port: "message",
                    value: ["a": [1, 2.5, nil]], message: ChatMessage("hi", role: .assistant))
            ],
            steps: [
                StepTrace(
                    component: "out", type: "ChatOutput", outcome: .finished, duration: .milliseconds(3),
                    notes: ["tokens": 4])
            ], duration: .milliseconds(5))
        let failure = FlowFailure(
            kind: "component-failed", reason: "why", component: "out", isRetryable: true)
        let kinds: [FlowProgress.Kind] = [
            .stepBegan(component: "a", type: "A"), .stepEnded(response.steps[0]),
            .text(component: "a", text: "t\u{1F680}", isShown: true),
            .message(component: "a", ChatMessage("m", role: .assistant)),
            .other(name: "passages", component: "a", ["n": 1]), .restarted(attempt: 2),
            .finished(response), .failed(failure), .cancelled,
        ]
        for (position, kind) in kinds.enumerated() {
            let event = FlowProgress(position: position, kind: kind)
            #expect(FlowProgress(json: event.json) == event)
        }
        #expect(FlowProgress(json: ["event": "finished"]) == nil)
        #expect(FlowProgress(json: ["position": 1, "event": "unheard-of"]) == nil)
        #expect(FlowProgress(json: []) == nil)
    }
}

/// A failure that may pass.
struct RetryableFault: RetryableError, CustomStringConvertible {
    let isRetryable = true
    var description: String { "it may pass" }
}
