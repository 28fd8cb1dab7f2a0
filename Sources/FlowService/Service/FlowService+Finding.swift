import Components
import Flow
import Foundation
import JSONValue
import Langflow
import Workspace

extension FlowService {
    /// The flow of a name, checked and wired.
    ///
    /// A version that is named is taken whoever asks, for a stored run of one that was published once:
    /// ``checkVersion(_:of:for:)`` refuses what a caller may not choose.
    ///
    /// - Throws: ``FlowServiceError``.
    func runnable(
        _ name: String, _ version: FlowVersionChoice, for owner: Owner
    ) async throws -> RunnableFlow {
        let generation = plans.generation
        let known = plans.flow(name, version, for: owner)
        if let known, known.isFresh { return known.flow }
        if let definition = settingsFlows.first(where: { $0.name == name }) {
            let flow =
                try known?.flow
                ?? plan(
                    definition, identity: FlowIdentity(id: name, name: name, version: 0),
                    library: settingsFlows)
            plans.put(flow, at: name, version, for: owner, foundIn: generation)
            return flow
        }
        let stored = try await found(name, for: owner)
        let number = stored.number(version, for: owner)
        let identity = FlowIdentity(id: stored.id, name: stored.name, version: number)
        if let known, known.flow.identity == identity, known.flow.isOfItself {
            plans.put(known.flow, at: name, version, for: owner, foundIn: generation)
            return known.flow
        }
        let written = try await whole(number, of: stored, for: owner)
        let definition = try await filled(written, for: owner)
        let library = try await subflows(of: definition, for: stored.owner)
        let flow = try plan(
            definition, identity: identity, library: library, isFilled: written.namesVariables,
            keeper: stored.owner)
        plans.put(flow, at: name, version, for: owner, foundIn: generation)
        return flow
    }

    /// The flow that a request is for, adapted as the request says.
    func runnable(_ name: String, _ request: FlowRequest, for owner: Owner) async throws -> RunnableFlow {
        try await checkVersion(request.version, of: name, for: owner)
        let flow = try await runnable(name, request.version, for: owner)
        guard let adapted = request.adapted else { return flow }
        let whole = try await filled(adapted, for: owner)
        // As for the flow itself: what it names is found for who keeps it, a flow of the settings' for who runs it.
        let keeper = flow.identity.version == 0 ? owner : try await found(name, for: owner).owner
        let library = try await subflows(of: whole, for: keeper)
        return try plan(
            whole, identity: flow.identity, library: library, isFilled: adapted.namesVariables,
            keeper: flow.keeper)
    }

    /// A stored flow that this owner may run.
    func found(_ name: String, for owner: Owner) async throws(FlowServiceError) -> StoredFlow {
        do {
            return try await store.flow(name, for: owner)
        } catch {
            if case .notFound = error { throw .noSuchFlow(name) }
            throw .workspace(error)
        }
    }

    /// What a version of a stored flow says.
    func definition(
        _ number: Int, of flow: StoredFlow, for owner: Owner
    ) async throws -> FlowDefinition {
        try Self.definition(try await version(number, of: flow, for: owner), of: flow)
    }

    func version(
        _ number: Int, of flow: StoredFlow, for owner: Owner
    ) async throws(FlowServiceError) -> FlowVersion {
        do {
            return try await store.version(number, of: flow.id, for: owner)
        } catch {
            if case .notFound = error { throw .noSuchVersion(flow: flow.name, number: number) }
            throw .workspace(error)
        }
    }

    static func definition(
        _ version: FlowVersion, of flow: StoredFlow
    ) throws(FlowServiceError) -> FlowDefinition {
        do {
            return try FlowDefinition.decode(version.definition, file: flow.name)
        } catch {
            throw .unreadable(flow: flow.name, reason: error.description)
        }
    }

    /// What a version says that is to be run: one of which a part could not be taken over would say other things than
    /// the flow that was drawn, so it is refused.
    ///
    /// - Throws: ``FlowServiceError/invalid(flow:faults:)`` with what is missing.
    private func whole(
        _ number: Int, of flow: StoredFlow, for owner: Owner
    ) async throws(FlowServiceError) -> FlowDefinition {
        let version = try await version(number, of: flow, for: owner)
        let obstacles = obstacles(in: version, of: flow)
        guard obstacles.isEmpty else { throw .invalid(flow: flow.name, faults: obstacles) }
        return try Self.definition(version, of: flow)
    }

    /// The flows that a flow names as bodies, those that these name included.
    ///
    /// One that is not there is left out: the check of the flow says so, with the place that names it.
    func subflows(of definition: FlowDefinition, for owner: Owner) async throws -> [FlowDefinition] {
        var library = settingsFlows
        var open = definition.namedFlows
        var seen: Set<String> = Set(library.map(\.name))
        var own: [String: [StoredFlow]]?
        while let name = open.popLast() {
            guard seen.insert(name).inserted, seen.count <= 1_000 else { continue }
            guard let stored = try await body(named: name, for: owner, among: &own) else { continue }
            let found = try await whole(stored.published ?? stored.latest, of: stored, for: owner)
            // Bodies are found by the name by which they are called. A conversation's flow takes the message that the
            // body is given; one with inputs of its own stays as it is.
            var body = found
            if found.graph.inputs.isEmpty, let converted = found.asSubFlow(named: name) { body = converted }
            body.name = name
            open += body.namedFlows
            library.append(body)
        }
        return library
    }

    /// A stored flow of the owner's by its id, endpoint or the name that only one of theirs has, else a shared one by
    /// its id or endpoint: nobody takes the place of another's flow by an endpoint that is called like it.
    ///
    /// - Parameter own: the owner's flows by name, read when they are first asked for.
    private func body(
        named name: String, for owner: Owner, among own: inout [String: [StoredFlow]]?
    ) async throws(FlowServiceError) -> StoredFlow? {
        var stored: StoredFlow?
        do {
            stored = try await store.flow(name, for: owner)
        } catch {
            guard case .notFound = error else { throw .workspace(error) }
        }
        if let stored, stored.belongs(to: owner) || stored.id == name { return stored }
        let known: [String: [StoredFlow]]
        if let own { known = own } else { known = try await flowsByName(of: owner) }
        own = known
        let named = known[name] ?? []
        return named.isEmpty ? stored : named.count == 1 ? named.first : nil
    }

    private func flowsByName(of owner: Owner) async throws(FlowServiceError) -> [String: [StoredFlow]] {
        var flows: [String: [StoredFlow]] = [:]
        try await eachFlow(of: owner) { flow in
            // Texts that nobody looks at here would make thousands of flows large.
            var flow = flow
            flow.description = ""
            flow.tags = []
            flows[flow.name, default: []].append(flow)
        }
        return flows
    }

    /// Reads an owner's own flows, page by page: those that others share may be any number.
    func eachFlow(
        of owner: Owner, _ visit: (StoredFlow) -> Void
    ) async throws(FlowServiceError) {
        let limit = 1_000
        var last: StoredFlow?
        repeat {
            let after = last
            let page = try await told { () async throws(WorkspaceError) in
                try await store.flows(for: owner, project: nil, after: after, limit: limit)
            }
            for flow in page where flow.belongs(to: owner) { visit(flow) }
            last = page.count == limit ? page.last : nil
        } while last != nil
    }

    func plan(
        _ definition: FlowDefinition, identity: FlowIdentity, library: [FlowDefinition],
        isFilled: Bool = false, keeper: Owner? = nil
    ) throws(FlowServiceError) -> RunnableFlow {
        do {
            let plan = try PlanCompiler(catalog: catalog, library: library).plan(definition)
            return RunnableFlow(
                identity: identity, definition: definition, plan: plan, isFilled: isFilled,
                keeper: keeper)
        } catch {
            guard case .invalid(_, let faults) = error else {
                throw .unreadable(flow: definition.name, reason: error.description)
            }
            throw .invalid(flow: definition.name, faults: faults)
        }
    }
}

extension FlowDefinition {
    /// The flows that its components run as their bodies, by name.
    var namedFlows: [String] { graph.namedFlows }
}

extension FlowGraph {
    fileprivate var namedFlows: [String] {
        components.flatMap { node in
            node.bodies.values.flatMap { body in
                switch body {
                case .named(let name): [name]
                case .graph(let graph): graph.namedFlows
                }
            }
        }
    }
}

extension FlowService {
    /// What a caller would run under a name, without running it.
    public func description(
        of name: String, _ version: FlowVersionChoice = .published, for owner: Owner
    ) async throws -> (identity: FlowIdentity, definition: FlowDefinition) {
        try await checkVersion(version, of: name, for: owner)
        let flow = try await runnable(name, version, for: owner)
        return (flow.identity, flow.definition)
    }
}

extension RunnableFlow {
    /// Whether nothing but the flow's own version decides what it does.
    var isOfItself: Bool { definition.namedFlows.isEmpty && !isFilled }
}
