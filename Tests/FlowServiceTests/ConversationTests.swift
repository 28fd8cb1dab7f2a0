import Components
import Flow
import FlowService
import Foundation
import JSONValue
import Testing
import Workspace
import WorkspaceSQLite

@Suite(.timeLimit(.minutes(1))) struct `A conversation` {
    @Test func `holds what was said and answered, and the next run sees it`() async throws {
        let fixture = try await ServiceFixture()
        let flow = try await fixture.keep(.remembering(), for: "ada")
        func run(_ text: String) async throws -> FlowResponse {
            try await fixture.service.run(.said(text, in: "s"), of: flow.id, as: fixture.caller("ada"))
        }
        #expect(try await run("first").text("before") == "")
        #expect(try await run("second").text("before") == "User: first\nAI: first")
        let said = try await fixture.said(by: "ada", to: flow.id, in: "s")
        #expect(said == ["User: first", "AI: first", "User: second", "AI: second"])
        let stored = try await fixture.store.messages(
            of: ConversationKey(owner: fixture.caller("ada").owner, flow: flow.id, session: "s"), before: nil,
            limit: 10)
        #expect(stored.map { $0.detailsJSON["component"]?.string } == ["in", "out", "in", "out"])
        #expect(Set(stored.map(\.id)).count == 4)
    }

    @Test func `without a name is the flow's own one`() async throws {
        let fixture = try await ServiceFixture()
        let flow = try await fixture.keep(.remembering(), for: "ada")
        let caller = fixture.caller("ada")
        _ = try await fixture.service.run(.said("first"), of: flow.id, as: caller)
        let second = try await fixture.service.run(.said("second", in: flow.id), of: flow.id, as: caller)
        #expect(second.text("before") == "User: first\nAI: first")
    }

    @Test func `belongs to a caller and a flow: equal names of sessions never meet`() async throws {
        let fixture = try await ServiceFixture()
        let shared = try await fixture.keep(.remembering(), for: "ada", isShared: true)
        let other = try await fixture.keep(.remembering("Other"), for: "ada", isShared: true)
        for name in ["ada", "bob"] {
            for flow in [shared, other] {
                let response = try await fixture.service.run(
                    .said("of \(name)", in: "s"), of: flow.id, as: fixture.caller(name))
                #expect(response.text("before") == "")
            }
        }
        for name in ["ada", "bob"] {
            #expect(
                try await fixture.said(by: name, to: shared.id, in: "s")
                    == ["User: of \(name)", "AI: of \(name)"])
        }
    }

    @Test func `of a thousand at once with two callers to each name is nobody else's`() async throws {
        let fixture = try await ServiceFixture()
        let flow = try await fixture.keep(.remembering(), for: "ada", isShared: true)
        let service = fixture.service
        for round in 0..<2 {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<500 {
                    for name in ["ada", "bob"] {
                        let caller = fixture.caller(name)
                        group.addTask {
                            let text = "\(name) \(number)"
                            let response = try await service.run(
                                .said(text, in: "session \(number)"), of: flow.id, as: caller)
                            let before = round == 0 ? "" : "User: \(text)\nAI: \(text)"
                            #expect(response.text("before") == before)
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func `is kept with what an answer cites`() async throws {
        let fixture = try await ServiceFixture()
        let caller = fixture.caller("ada")
        _ = try await fixture.service.run(
            .said("when do deploys happen", in: "s"), of: "question-answering", as: caller)
        let stored = try await fixture.store.messages(
            of: ConversationKey(owner: caller.owner, flow: "question-answering", session: "s"), before: nil,
            limit: 10)
        #expect(stored.map(\.role) == ["user", "assistant"])
        let answer = try #require(stored.last.map { ChatMessage($0) })
        #expect(answer.citations.map(\.title) == ["Deploy guide"])
    }

    @Test func `that went silent, and runs that ended, are kept no longer than was said`() async throws {
        let configuration = FlowServiceConfiguration(
            runsKept: .seconds(60), conversationsKept: .seconds(3_600))
        let fixture = try await ServiceFixture(configuration: configuration)
        let flow = try await fixture.keep(.echo(), for: "ada")
        let caller = fixture.caller("ada")
        let run = try await fixture.service.submit(
            FlowSubmission(.said("hello", in: "s")), of: flow.id, as: caller)
        await RunWorker(fixture.service, name: "worker").drain()
        let keeper = WorkspaceKeeper(fixture.service)
        fixture.time.advance(by: .seconds(59))
        await keeper.keep()
        #expect(try await fixture.service.run(run.id, as: caller).state == .finished)
        fixture.time.advance(by: .seconds(2))
        await keeper.keep()
        let kind = try await refusal { _ = try await fixture.service.run(run.id, as: caller) }
        #expect(kind == "not-found")
        #expect(try await fixture.said(by: "ada", to: flow.id, in: "s").count == 2)
        fixture.time.advance(by: .seconds(3_600))
        await keeper.keep()
        #expect(try await fixture.said(by: "ada", to: flow.id, in: "s").isEmpty)
    }
}
