import Components
import Flow
import FlowService
import JSONValue
import Testing
import Workspace
import WorkspaceSQLite

@Suite(.timeLimit(.minutes(1))) struct `Running a flow` {
    private struct Broken: Error, CustomStringConvertible {
        var description: String { "it is broken" }
    }

    @Test func `gives back what its outputs say, with the run and the flow`() async throws {
        let fixture = try await ServiceFixture()
        let flow = try await fixture.keep(.echo(), for: "ada", endpoint: "echo")
        for name in [flow.id, "echo"] {
            let response = try await fixture.service.run(.said("hello"), of: name, as: fixture.caller("ada"))
            #expect(response.text() == "hello")
            #expect(response.outputs.map(\.type) == ["ChatOutput"])
            #expect(response.flow == FlowIdentity(id: flow.id, name: "Echo", version: 1))
            #expect(response.session == flow.id)
            #expect(response.input.text == "hello")
            #expect(response.steps.map(\.component) == ["in", "out"])
            #expect(!response.runID.isEmpty)
        }
    }

    @Test func `takes values for single inputs and changes of parameters`() async throws {
        let fixture = try await ServiceFixture()
        let flow = try await fixture.keep(.saying("as written"), for: "ada")
        func said(_ request: FlowRequest) async throws -> String? {
            try await fixture.service.run(request, of: flow.id, as: fixture.caller("ada")).text()
        }
        #expect(try await said(FlowRequest()) == "as written")
        #expect(try await said(FlowRequest(changes: ["text": ["text": "changed"]])) == "changed")
        #expect(try await said(FlowRequest(values: ["text": "given"])) == "given")
        let kind = try await refusal {
            _ = try await said(FlowRequest(changes: ["nobody": ["text": "changed"]]))
        }
        #expect(kind == "invalid-flow")
    }

    @Test(arguments: [(true, true), (true, false), (false, true), (false, false)])
    func `keeps of a conversation what its components keep`(told: Bool, answer: Bool) async throws {
        let fixture = try await ServiceFixture()
        let flow = try await fixture.keep(.echo(), for: "ada")
        var request = FlowRequest.said("hello", in: "s")
        request.changes = ["in": ["is_kept": .bool(told)], "out": ["is_kept": .bool(answer)]]
        let response = try await fixture.service.run(request, of: flow.id, as: fixture.caller("ada"))
        #expect(response.text() == "hello")
        let said = try await fixture.said(by: "ada", to: flow.id, in: "s")
        #expect(said == (told ? ["User: hello"] : []) + (answer ? ["AI: hello"] : []))
    }

    @Test func `answers a question over the corpus by a flow of the settings, within the caller's rights`()
        async throws
    {
        let fixture = try await ServiceFixture()
        func answer(_ question: String, _ caller: FlowCaller) async throws -> ChatMessage? {
            try await fixture.service.run(.said(question), of: "question-answering", as: caller)
                .outputs.first?.message
        }
        let known = try #require(try await answer("when do deploys happen", fixture.caller("ada")))
        #expect(known.text.contains("Deploys happen on Tuesdays."))
        #expect(known.citations.map(\.title) == ["Deploy guide"])
        let barred = try await answer("when are salary bands reviewed", fixture.caller("ada"))
        #expect(barred?.text.contains("March") != true)
        let allowed = try await answer(
            "when are salary bands reviewed", fixture.caller("ada", groups: ["hr"]))
        #expect(allowed?.text.contains("March") == true)
    }

    @Test func `of a failure says the flow and the component, and keeps nothing`() async throws {
        let fixture = try await ServiceFixture(probe: { _ in throw Broken() })
        let flow = try await fixture.keep(.probing(), for: "ada")
        let caller = fixture.caller("ada")
        do {
            _ = try await fixture.service.run(.said("hello", in: "s"), of: flow.id, as: caller)
            Issue.record("it ran")
        } catch let error as FlowServiceError {
            #expect(error.kind == "component-failed")
            for part in ["Probing", "probe", "it is broken"] { #expect(error.description.contains(part)) }
        }
        #expect(try await fixture.said(by: "ada", to: flow.id, in: "s").isEmpty)
        #expect(
            try await fixture.store.conversations(for: caller.owner, flow: nil, after: nil, limit: 10).isEmpty
        )
    }

    @Test(arguments: ["", String(repeating: "s", count: 257), "a\u{0}b"])
    func `refuses what is no name of a session`(name: String) async throws {
        let fixture = try await ServiceFixture()
        let flow = try await fixture.keep(.echo(), for: "ada")
        let kind = try await refusal {
            _ = try await fixture.service.run(
                .said("hello", in: name), of: flow.id, as: fixture.caller("ada"))
        }
        #expect(kind == "invalid-field")
    }

    @Test func `refuses a message that is too long`() async throws {
        let fixture = try await ServiceFixture()
        let flow = try await fixture.keep(.echo(), for: "ada")
        let long = String(repeating: "x", count: FlowRequest.messageLimit + 1)
        let kind = try await refusal {
            _ = try await fixture.service.run(.said(long), of: flow.id, as: fixture.caller("ada"))
        }
        #expect(kind == "body-too-large")
    }

    @Test func `refuses a flow that cannot run, and names each fault`() async throws {
        let fixture = try await ServiceFixture()
        let broken = FlowDefinition.chain(
            "Broken", .chatInput, .init(id: "odd", type: "NoSuchComponent"), .chatOutput)
        let (flow, faults) = try await fixture.service.create(
            FlowDraft(broken), for: fixture.caller("ada").owner)
        #expect(!faults.isEmpty)
        do {
            _ = try await fixture.service.run(.said("hello"), of: flow.id, as: fixture.caller("ada"))
            Issue.record("it ran")
        } catch let error as FlowServiceError {
            #expect(error.kind == "invalid-flow")
            #expect(error.description.contains("NoSuchComponent"))
        }
    }

    @Test func `keeps a hundred at once apart`() async throws {
        let fixture = try await ServiceFixture()
        let flow = try await fixture.keep(.remembering(), for: "ada")
        let (service, caller) = (fixture.service, fixture.caller("ada"))
        let answers = try await withThrowingTaskGroup(of: (Int, FlowResponse).self) { group in
            for number in 0..<100 {
                group.addTask {
                    let request = FlowRequest.said("text \(number)", in: "session \(number)")
                    return (number, try await service.run(request, of: flow.id, as: caller))
                }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        #expect(answers.count == 100)
        for (number, response) in answers {
            #expect(response.text() == "text \(number)")
            #expect(response.text("before") == "")
            #expect(response.session == "session \(number)")
        }
        #expect(Set(answers.values.map(\.runID)).count == 100)
    }
}

extension ServiceFixture {
    /// What a conversation holds, as `sender: text`.
    func said(by name: String, to flow: String, in session: String) async throws -> [String] {
        let key = ConversationKey(owner: caller(name).owner, flow: flow, session: session)
        return try await store.messages(of: key, before: nil, limit: 1_000).map { "\($0.sender): \($0.text)" }
    }
}
