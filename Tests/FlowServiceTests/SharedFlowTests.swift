import Components
import Flow
import FlowService
import Foundation
import Testing
import Workspace

@Suite(.timeLimit(.minutes(1))) struct `A flow that is shared` {
    private func said(
        _ fixture: ServiceFixture, _ flow: String, _ version: FlowVersionChoice = .published,
        by name: String
    ) async throws -> String? {
        try await fixture.service.run(
            .said("hello", version: version), of: flow, as: fixture.caller(name)
        ).text()
    }

    @Test func `does not take the place of another's own by an endpoint that is called like it`()
        async throws
    {
        let fixture = try await ServiceFixture()
        let outer = try await fixture.keep(.calling("inner"), for: "ada")
        let own = try await fixture.keep(.part("inner", prefix: "ada: "), for: "ada")
        #expect(try await said(fixture, outer.id, by: "ada") == "ada: hello")
        try await fixture.keep(
            .part("Other", prefix: "bob: "), for: "bob", endpoint: "inner", isShared: true)
        #expect(try await said(fixture, outer.id, by: "ada") == "ada: hello")
        // Two of the name are none, and no reason to take another's.
        let second = try await fixture.keep(.part("inner", prefix: "second: "), for: "ada")
        #expect(
            try await refusal { _ = try await said(fixture, outer.id, by: "ada") } == "invalid-flow")
        for flow in [own, second] { try await fixture.service.delete(flow: flow.id, for: flow.owner) }
        #expect(try await said(fixture, outer.id, by: "ada") == "bob: hello")
    }

    @Test func `shows others the version that callers run, and no other`() async throws {
        let fixture = try await ServiceFixture()
        let (service, bob) = (fixture.service, fixture.caller("bob"))
        var flow = try await fixture.keep(.saying("one"), for: "ada", isShared: true)
        flow.published = 1
        flow = try await service.update(flow, for: flow.owner)
        _ = try await service.save(.saying("two"), note: "", asVersionOf: flow.id, for: flow.owner)
        for version in [FlowVersionChoice.published, .latest, .number(1)] {
            #expect(try await said(fixture, flow.id, version, by: "bob") == "one")
            #expect(try await service.flow(flow.id, version, for: bob.owner).version.number == 1)
        }
        let (id, draft) = (flow.id, FlowVersionChoice.number(2))
        let kinds = [
            try await refusal { _ = try await said(fixture, id, draft, by: "bob") },
            try await refusal {
                _ = try await service.submit(
                    FlowSubmission(.said("x", version: draft)), of: id, as: bob)
            },
            try await refusal { _ = try await service.flow(id, draft, for: bob.owner) },
            try await refusal { _ = try await service.description(of: id, draft, for: bob.owner) },
        ]
        #expect(Set(kinds) == ["no-such-version"])
        #expect(try await said(fixture, id, .latest, by: "ada") == "two")
        // A run that was submitted keeps its version, whatever is published meanwhile.
        let run = try await service.submit(FlowSubmission(.said("hello")), of: id, as: bob)
        flow.published = 2
        _ = try await service.update(flow, for: flow.owner)
        await RunWorker(service, name: "worker").drain()
        #expect(try await service.run(run.id, as: bob).response.text() == "one")
        #expect(try await said(fixture, id, by: "bob") == "two")
    }

    @Test func `runs with its owner's parts where a run changes it`() async throws {
        let fixture = try await ServiceFixture()
        try await fixture.keep(.part("Inner", prefix: "one: "), for: "ada", endpoint: "inner")
        let outer = try await fixture.keep(.calling("inner"), for: "ada", isShared: true)
        var request = FlowRequest.said("hello")
        request.adapted = .calling("inner", name: "Changed")
        let response = try await fixture.service.run(request, of: outer.id, as: fixture.caller("bob"))
        #expect(response.text() == "one: hello")
    }

    @Test func `counts against nobody's limit but its owner's`() async throws {
        let fixture = try await ServiceFixture(configuration: FlowServiceConfiguration(flowLimit: 1))
        try await fixture.keep(.saying("one", name: "A"), for: "bob", isShared: true)
        try await fixture.keep(.saying("one"), for: "ada")
        #expect(
            try await refusal { try await fixture.keep(.saying("two"), for: "ada") } == "too-many-flows")
    }
}
