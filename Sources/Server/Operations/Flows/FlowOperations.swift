import Flow
import FlowService
import HTTPTypes
import QA
import Workspace

/// `/v1/flows`: the flows of the settings and those that are kept, their versions, and a flow run on a question.
struct FlowOperations: Sendable {
    let qa: QuestionAnswering
    let runs: FlowRuns
    let service: FlowService

    private static let flow = Inputs.path("flow", .text, "the flow's name, id or endpoint")
    private static let editing: [ProblemKind] = [
        .unknownFlow, .versionConflict, .nameTaken, .noSuchVersion, .bodyTooLarge, .tooMany, .noSuchThing,
    ]

    var operations: [Operation] {
        [run, list, create, show, save, delete, versions, publish, restore, difference]
    }

    private var run: Operation {
        .scoped(
            .flows, "runFlow", .post, "/v1/flows/{name}/run", summary: "one flow, run on a question",
            section: "flows",
            inputs: Inputs.path("name", .text, "the flow's name").and(.json(FlowRunBody.self)),
            responses: FlowRuns.responses, problems: FlowRuns.problems, idempotency: .notKept
        ) { input, caller in
            let (name, body) = input
            return try await runs.answer(
                body.input.checked(), flow: name, stream: body.stream,
                caller: caller)
        }
    }

    private var list: Operation {
        .scoped(
            .flows, "listFlows", .get, "/v1/flows", summary: "the flows that the caller can run",
            section: "flows",
            inputs: Inputs.query("limit", .integer(in: 1...500), standard: 200, "stored flows at most"),
            responses: [.json(FlowDocument.List.self, "flows of the settings, then stored ones by name")],
            problems: [.bodyTooLarge]
        ) { limit, caller in
            var documents = service.settingsFlows.map { FlowDocument(definition: $0, isEditable: false) }
            let stored = try await service.store.flows(
                for: caller.owner, project: nil, after: nil, limit: limit)
            var bytes = 0
            for flow in stored {
                let (flow, version, definition) = try await service.flow(flow.id, for: caller.owner)
                bytes += version.definition.count
                try WorkspaceLimits.check(bytes, of: "list of flows", limit: FlowDocument.List.byteLimit)
                documents.append(
                    FlowDocument(
                        definition: definition, stored: flow, version: version.number,
                        isEditable: flow.belongs(to: caller.owner)))
            }
            return try .json(FlowDocument.List(flows: documents))
        }
    }

    private var create: Operation {
        .scoped(
            .flows, "createFlow", .post, "/v1/flows",
            summary: "a new flow; what keeps it from running is told, and it is kept all the same",
            section: "flows", inputs: .json(FlowBody.self),
            responses: [.json(FlowDocument.self, status: 201, "the flow as it is kept")],
            problems: Self.editing
        ) { body, caller in
            let draft = FlowDraft(
                body.definition, endpoint: body.endpoint, project: body.project, tags: body.tags,
                isShared: body.isShared, note: body.note)
            let (flow, faults) = try await service.create(draft, for: caller.owner)
            return try .json(
                FlowDocument(
                    definition: body.definition, stored: flow, version: flow.latest, faults: faults),
                status: .created, location: "/v1/flows/\(flow.id)")
        }
    }

    private var show: Operation {
        .scoped(
            .flows, "getFlow", .get, "/v1/flows/{flow}", summary: "a stored flow, in one of its versions",
            section: "flows",
            inputs: Self.flow.and(
                Inputs.query("version", .integer(in: 0...Int(Int32.max)), standard: 0, "0 for the newest")),
            responses: [.json(FlowDocument.self, "the flow")], problems: [.unknownFlow, .noSuchVersion]
        ) { input, caller in
            let (name, number) = input
            if let definition = service.settingsFlows.first(where: { $0.name == name }) {
                return try .json(FlowDocument(definition: definition, isEditable: false))
            }
            let (flow, version, definition) = try await service.flow(
                name, number == 0 ? .latest : .number(number), for: caller.owner)
            let faults =
                try await service.obstacles(in: version, of: flow)
                + service.faults(of: definition, for: caller.owner)
            return try .json(
                FlowDocument(
                    definition: definition, stored: flow, version: version.number,
                    isEditable: flow.belongs(to: caller.owner), faults: faults))
        }
    }

    private var save: Operation {
        .scoped(
            .flows, "saveFlow", .put, "/v1/flows/{flow}", summary: "another version of a stored flow",
            section: "flows", inputs: Self.flow.and(.json(FlowBody.self)),
            responses: [.json(FlowDocument.self, "the flow with its new version")], problems: Self.editing
        ) { input, caller in
            let (name, body) = input
            var flow = try await service.flow(name, for: caller.owner).flow
            // A change that is refused leaves no version behind: what may be refused comes first.
            if let expected = body.expected, expected != flow.latest, flow.belongs(to: caller.owner) {
                throw WorkspaceError.versionConflict(
                    flow: flow.id, expected: expected, actual: flow.latest)
            }
            flow.name = body.definition.name
            flow.description = body.definition.description
            flow.endpoint = body.endpoint ?? flow.endpoint
            flow.project = body.project ?? flow.project
            if !body.tags.isEmpty { flow.tags = body.tags }
            flow.isShared = body.isShared
            flow = try await service.update(flow, for: caller.owner)
            let (version, faults) = try await service.save(
                body.definition, note: body.note, asVersionOf: flow.id, for: caller.owner,
                expecting: body.expected)
            flow = try await service.flow(flow.id, for: caller.owner).flow
            return try .json(
                FlowDocument(
                    definition: body.definition, stored: flow, version: version.number, faults: faults))
        }
    }

    private var delete: Operation {
        .scoped(
            .flows, "deleteFlow", .delete, "/v1/flows/{flow}",
            summary: "a stored flow, gone with its versions and conversations", section: "flows",
            inputs: Self.flow,
            responses: [ResponseDeclaration(status: 204, summary: "it is gone", content: .none)],
            problems: [.unknownFlow]
        ) { name, caller in
            let flow = try await service.flow(name, for: caller.owner).flow
            try await service.delete(flow: flow.id, for: caller.owner)
            return APIResponse(status: .noContent)
        }
    }

    private var versions: Operation {
        .scoped(
            .flows, "listFlowVersions", .get, "/v1/flows/{flow}/versions",
            summary: "what was saved of a stored flow, the newest first", section: "flows",
            inputs: Self.flow
                .and(
                    Inputs.query(
                        "before", .integer(in: 0...Int(Int32.max)), standard: 0, "0 to begin with the newest")
                )
                .and(Inputs.query("limit", .integer(in: 1...200), standard: 50, "versions a page")),
            responses: [.json(FlowVersionDocument.List.self, "one page")], problems: [.unknownFlow]
        ) { input, caller in
            let ((name, before), limit) = input
            let (flow, version, _) = try await service.flow(name, for: caller.owner)
            var found: [FlowVersion]
            if flow.belongs(to: caller.owner) {
                found = try await service.store.versions(
                    of: flow.id, for: caller.owner, before: before == 0 ? nil : before, limit: limit)
            } else {
                // Of another's flow there is the version that callers run.
                found = before == 0 || version.number < before ? [version] : []
            }
            return try .json(
                FlowVersionDocument.List(
                    versions: found.map { FlowVersionDocument($0, published: flow.published) }))
        }
    }

    private var publish: Operation {
        .scoped(
            .flows, "publishFlow", .post, "/v1/flows/{flow}/publish",
            summary: "the version that callers run; it must be able to", section: "flows",
            inputs: Self.flow.and(.json(PublishBody.self)),
            responses: [.json(FlowDocument.self, "the flow, published")],
            problems: Self.editing + [.invalidFlow]
        ) { input, caller in
            let (name, body) = input
            var flow = try await service.flow(name, for: caller.owner).flow
            flow.published = body.version
            if let endpoint = body.endpoint { flow.endpoint = endpoint }
            flow = try await service.update(flow, for: caller.owner)
            let (_, version, definition) = try await service.flow(
                flow.id, .published, for: caller.owner)
            return try .json(
                FlowDocument(definition: definition, stored: flow, version: version.number))
        }
    }

    private var restore: Operation {
        .scoped(
            .flows, "restoreFlow", .post, "/v1/flows/{flow}/restore",
            summary: "an earlier version, saved once more as the newest", section: "flows",
            inputs: Self.flow.and(.json(RestoreBody.self)),
            responses: [.json(FlowDocument.self, "the flow with its new version")], problems: Self.editing
        ) { input, caller in
            try await restored(input.0, input.1.version, caller)
        }
    }

    private func restored(_ name: String, _ number: Int, _ caller: Caller) async throws -> APIResponse {
        let (flow, earlier, definition) = try await service.flow(
            name, .number(number), for: caller.owner)
        let (version, faults) = try await service.save(
            definition, origin: earlier.origin, note: "version \(number), restored", asVersionOf: flow.id,
            for: caller.owner)
        let now = try await service.flow(flow.id, for: caller.owner).flow
        return try .json(
            FlowDocument(definition: definition, stored: now, version: version.number, faults: faults))
    }

    private var difference: Operation {
        .scoped(
            .flows, "compareFlowVersions", .get, "/v1/flows/{flow}/diff",
            summary: "what is different between two versions", section: "flows",
            inputs: Self.flow
                .and(
                    Inputs.query("from", .integer(in: 1...Int(Int32.max)), standard: 1, "the earlier version")
                )
                .and(
                    Inputs.query(
                        "to", .integer(in: 0...Int(Int32.max)), standard: 0, "the later one; 0 for the newest"
                    )),
            responses: [.json(FlowDiffDocument.self, "components and edges that differ")],
            problems: [.unknownFlow, .noSuchVersion]
        ) { input, caller in
            try await compared(input.0.0, input.0.1, input.1, caller)
        }
    }

    private func compared(
        _ name: String, _ from: Int, _ to: Int, _ caller: Caller
    ) async throws -> APIResponse {
        let before = try await service.flow(name, .number(from), for: caller.owner).definition
        let after = try await service.flow(
            name, to == 0 ? .latest : .number(to), for: caller.owner
        ).definition
        return try .json(FlowDiffDocument(diff: FlowDiff(from: before, to: after)))
    }
}
