import Components
import Flow
import FlowService
import Foundation
import JSONValue
import Testing
import Workspace
import WorkspaceSQLite

@Suite(.timeLimit(.minutes(1))) struct `A flow that is kept` {
    private func said(
        _ fixture: ServiceFixture, _ flow: String, _ version: FlowVersionChoice = .published,
        by name: String = "ada"
    ) async throws -> String? {
        try await fixture.service.run(
            .said("hello", version: version), of: flow, as: fixture.caller(name)
        ).text()
    }

    @Test func `runs in its published version, in its newest one, or in any that is named`() async throws {
        let fixture = try await ServiceFixture()
        var flow = try await fixture.keep(.saying("one"), for: "ada", endpoint: "said")
        let saved = try await fixture.service.save(
            .saying("two"), note: "better", asVersionOf: flow.id, for: flow.owner, expecting: 1)
        #expect(saved.version.number == 2)
        #expect(saved.faults.isEmpty)
        // Without one that is published, callers run the newest.
        #expect(try await said(fixture, "said") == "two")
        flow.published = 1
        flow = try await fixture.service.update(flow, for: flow.owner)
        #expect(try await said(fixture, "said") == "one")
        #expect(try await said(fixture, "said", .latest) == "two")
        #expect(try await said(fixture, "said", .number(1)) == "one")
        #expect(try await said(fixture, "said", .number(2)) == "two")
        let kind = try await refusal { _ = try await said(fixture, "said", .number(3)) }
        #expect(kind == "no-such-version")
        flow.published = nil
        _ = try await fixture.service.update(flow, for: flow.owner)
        #expect(try await said(fixture, "said") == "two")
    }

    @Test func `is not published in a version that cannot run`() async throws {
        let fixture = try await ServiceFixture()
        var flow = try await fixture.keep(.saying("one"), for: "ada")
        let broken = FlowDefinition.chain("Saying", .init(id: "odd", type: "Odd"), .chatOutput)
        let saved = try await fixture.service.save(
            broken, note: "", asVersionOf: flow.id, for: flow.owner)
        #expect(!saved.faults.isEmpty)
        flow.published = 2
        let changed = flow
        #expect(
            try await refusal { _ = try await fixture.service.update(changed, for: flow.owner) }
                == "invalid-flow")
        #expect(try await said(fixture, flow.id, .number(1)) == "one")
    }

    @Test func `is saved only from the version that the change began from`() async throws {
        let fixture = try await ServiceFixture()
        let flow = try await fixture.keep(.saying("one"), for: "ada")
        _ = try await fixture.service.save(.saying("two"), note: "", asVersionOf: flow.id, for: flow.owner)
        let kind = try await refusal {
            _ = try await fixture.service.save(
                .saying("three"), note: "", asVersionOf: flow.id, for: flow.owner, expecting: 1)
        }
        #expect(kind == "version-conflict")
        #expect(try await said(fixture, flow.id) == "two")
    }

    @Test func `shows every change to the next run, of a change by another process too`() async throws {
        let fixture = try await ServiceFixture()
        let flow = try await fixture.keep(.saying("one"), for: "ada")
        #expect(try await said(fixture, flow.id) == "one")
        _ = try await fixture.service.save(.saying("two"), note: "", asVersionOf: flow.id, for: flow.owner)
        #expect(try await said(fixture, flow.id) == "two")
        _ = try await fixture.anotherService().save(
            .saying("three"), note: "", asVersionOf: flow.id, for: flow.owner)
        // It is asked for again within a second; the suite's time limit ends this otherwise.
        while try await said(fixture, flow.id) != "three" { await Task.yield() }
        try await fixture.service.delete(flow: flow.id, for: flow.owner)
        #expect(try await refusal { _ = try await said(fixture, flow.id) } == "unknown-flow")
    }

    @Test func `runs others by their names, as they are published`() async throws {
        let fixture = try await ServiceFixture()
        var inner = try await fixture.keep(.part("Inner", prefix: "one: "), for: "ada", endpoint: "inner")
        let outer = try await fixture.keep(.calling("inner"), for: "ada", isShared: true)
        #expect(try await said(fixture, outer.id) == "one: hello")
        // Who may run the outer one runs what its owner named in it.
        #expect(try await said(fixture, outer.id, by: "bob") == "one: hello")
        #expect(try await refusal { _ = try await said(fixture, inner.id, by: "bob") } == "unknown-flow")
        _ = try await fixture.service.save(
            .part("Inner", prefix: "two: "), note: "", asVersionOf: inner.id, for: inner.owner)
        #expect(try await said(fixture, outer.id) == "two: hello")
        inner.published = 1
        _ = try await fixture.service.update(inner, for: inner.owner)
        #expect(try await said(fixture, outer.id) == "one: hello")
        try await fixture.service.delete(flow: inner.id, for: inner.owner)
        #expect(try await refusal { _ = try await said(fixture, outer.id) } == "invalid-flow")
    }

    @Test func `that runs itself is refused`() async throws {
        let fixture = try await ServiceFixture()
        let draft = FlowDraft(.calling("loop", name: "Loop"), endpoint: "loop")
        let (flow, _) = try await fixture.service.create(draft, for: fixture.caller("ada").owner)
        let kind = try await refusal { _ = try await said(fixture, flow.id) }
        #expect(kind == "invalid-flow")
    }

    @Test func `of another owner is not there`() async throws {
        let fixture = try await ServiceFixture()
        let flow = try await fixture.keep(.echo(), for: "ada", endpoint: "echo")
        let (service, bob) = (fixture.service, fixture.caller("bob"))
        var refusals: [String: Set<String?>] = [:]
        for name in [flow.id, "echo", "no-such-flow"] {
            let kinds = [
                try await refusal { _ = try await service.run(.said("x"), of: name, as: bob) },
                try await refusal { _ = try await service.events(.said("x"), of: name, as: bob) },
                try await refusal {
                    _ = try await service.submit(FlowSubmission(.said("x")), of: name, as: bob)
                },
                try await refusal { _ = try await service.flow(name, for: bob.owner) },
                try await refusal { _ = try await service.description(of: name, for: bob.owner) },
            ]
            refusals[name] = Set(kinds)
        }
        #expect(Set(refusals.values) == [["unknown-flow"]])
        for id in [flow.id, "no-such-flow"] {
            #expect(
                try await refusal { try await service.delete(flow: id, for: bob.owner) } == "not-found")
        }
        #expect(try await fixture.store.flows(for: bob.owner, project: nil, after: nil, limit: 10).isEmpty)
        #expect(try await said(fixture, "echo") == "hello")
    }

    @Test func `that is shared is run by others, and changed by none of them`() async throws {
        let fixture = try await ServiceFixture()
        let flow = try await fixture.keep(.echo(), for: "ada", isShared: true)
        let (service, bob) = (fixture.service, fixture.caller("bob").owner)
        #expect(try await said(fixture, flow.id, by: "bob") == "hello")
        var taken = flow
        taken.name = "Taken"
        taken.owner = bob
        let change = taken
        let kinds = [
            try await refusal { _ = try await service.update(change, for: bob) },
            try await refusal {
                _ = try await service.save(.saying("mine"), note: "", asVersionOf: flow.id, for: bob)
            },
            try await refusal { try await service.delete(flow: flow.id, for: bob) },
        ]
        #expect(kinds == ["not-found", "not-found", "not-found"])
        #expect(try await service.flow(flow.id, for: flow.owner).flow.name == "Echo")
        #expect(try await said(fixture, flow.id) == "hello")
    }

    @Test func `of the settings is everybody's, and no stored one takes its name for its endpoint`()
        async throws
    {
        let fixture = try await ServiceFixture(settingsFlows: [.saying("of the settings", name: "said")])
        let kind = try await refusal {
            try await fixture.keep(.saying("stored"), for: "ada", endpoint: "said")
        }
        #expect(kind == "name-taken")
        for name in ["ada", "bob"] {
            #expect(try await said(fixture, "said", by: name) == "of the settings")
        }
    }
}

@Suite(.timeLimit(.minutes(1))) struct `The files of a flow's runs` {
    @Test func `are their owner's and their flow's, and leave no bytes behind`() async throws {
        let fixture = try await ServiceFixture()
        func files(_ name: String, _ flow: String?) -> WorkspaceFiles {
            WorkspaceFiles(
                store: fixture.store, blobs: fixture.blobs, owner: fixture.caller(name).owner, flow: flow)
        }
        let own = files("ada", "f")
        try await own.write(Data("one".utf8), as: "a.txt", mediaType: "text/plain")
        try await own.write(Data("two".utf8), as: "a.txt", mediaType: "text/plain")
        #expect(fixture.blobs.count == 1)
        #expect(try await own.read("a.txt", byteLimit: 3) == Data("two".utf8))
        #expect(
            try await own.files(limit: 10)
                == [FlowFile(name: "a.txt", mediaType: "text/plain", byteCount: 3)])
        await #expect(throws: FlowFileError.tooLarge(name: "a.txt", bytes: 3, limit: 2)) {
            try await own.read("a.txt", byteLimit: 2)
        }
        for other in [files("bob", "f"), files("ada", "g"), files("ada", nil)] {
            await #expect(throws: FlowFileError.absent(name: "a.txt")) {
                try await other.read("a.txt", byteLimit: 10)
            }
            #expect(try await other.files(limit: 10).isEmpty)
        }
        try await own.remove("a.txt")
        #expect(fixture.blobs.count == 0)
        await #expect(throws: FlowFileError.absent(name: "a.txt")) {
            try await own.read("a.txt", byteLimit: 10)
        }
    }

    @Test func `are read and written by its components`() async throws {
        let fixture = try await ServiceFixture()
        let flow = try await fixture.keep(
            .chain(
                "Saving", .chatInput,
                .init(id: "save", type: "SaveToFile", parameters: ["file_name": "note", "format": "txt"]),
                .chatOutput
            ).joined("in.message", "save.input"), for: "ada", isShared: true)
        for name in ["ada", "bob"] {
            _ = try await fixture.service.run(.said("by \(name)"), of: flow.id, as: fixture.caller(name))
        }
        for name in ["ada", "bob"] {
            let files = WorkspaceFiles(
                store: fixture.store, blobs: fixture.blobs, owner: fixture.caller(name).owner, flow: flow.id)
            let kept = try await files.files(limit: 10)
            #expect(kept.count == 1)
            let bytes = try await files.read(kept.first?.name ?? "", byteLimit: 1_000)
            #expect(String(decoding: bytes, as: UTF8.self).contains("by \(name)"))
        }
    }
}

extension FlowDefinition {
    /// The flow with the edge from a port going to another port of the same component as it did.
    fileprivate func joined(_ from: String, _ to: String) -> FlowDefinition {
        var flow = self
        let ports = [from, to].map { text in
            let parts = text.split(separator: ".").map(String.init)
            return PortReference(parts[0], parts[1])
        }
        for index in flow.graph.edges.indices where flow.graph.edges[index].from == ports[0] {
            flow.graph.edges[index].to = ports[1]
        }
        return flow
    }
}
