import Flow
import FlowService
import HTTPTypes

/// What whoever edits a flow needs to know before it is kept: what it may be made of, and what is wrong with it.
struct ComponentOperations: Sendable {
    let service: FlowService

    var operations: [Operation] { [list, check] }

    private var list: Operation {
        .scoped(
            .flows, "listComponents", .get, "/v1/components",
            summary: "what flows may be made of, with ports and parameters", section: "components",
            inputs: .none,
            responses: [.json(ComponentList.self, "every component, and which types convert to which")]
        ) { _, _ in
            try .json(ComponentList(described: service.catalog.described))
        }
    }

    private var check: Operation {
        .scoped(
            .flows, "checkFlow", .post, "/v1/components/check",
            summary: "what keeps a flow from running, without keeping it", section: "components",
            inputs: .json(FlowCheckBody.self),
            responses: [.json(FlowCheckDocument.self, "its faults, and the ports of its components")],
            problems: [.bodyTooLarge], idempotency: .notKept
        ) { body, caller in
            let faults = try await service.faults(of: body.definition, for: caller.owner)
            return try .json(
                FlowCheckDocument(
                    faults: faults, definition: body.definition, catalog: service.catalog))
        }
    }
}
