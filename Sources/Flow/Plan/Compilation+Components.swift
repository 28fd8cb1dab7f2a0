import JSONValue

extension Compilation {
    /// Makes a node's component, with its parameters and bodies checked.
    mutating func add(_ node: FlowGraph.Node, to draft: inout GraphDraft, at place: GraphPlace) {
        let path = place.path(node.id)
        if node.id.isEmpty || node.id == FlowGraph.inputNode || node.id.contains(where: { "./".contains($0) })
        {
            faults.append(.reservedID(path))
        }
        guard draft.indexByID[node.id] == nil, !draft.broken.contains(node.id) else {
            faults.append(.duplicateID(path))
            return
        }
        guard let type = compiler.catalog.types[node.type] else {
            let known = compiler.catalog.components.map(\.name)
            faults.append(.unknownType(component: path, type: node.type, known: known))
            draft.broken.insert(node.id)
            return
        }
        var declaration = Declaration(given: node.parameters)
        let component = type.make(&declaration)
        var made = NodeDraft(
            id: node.id, path: path, type: type.name, component: component, declaration: declaration)
        made.policy = node.policy
        check(node.policy, path)
        let values = values(of: node.parameters, declaration, path)
        made.bodies = bodies(of: node, declaration, at: place)
        draft.indexByID[node.id] = draft.append(made, values: values)
    }

    private mutating func values(
        of given: [String: JSONValue], _ declaration: Declaration, _ path: String
    ) -> [any Sendable] {
        let known = declaration.parameters.map(\.name)
        for name in given.keys.sorted() where !known.contains(name) {
            faults.append(.unknownParameter(component: path, name: name, known: known))
        }
        return declaration.parameters.map { parameter -> any Sendable in
            guard let value = given[parameter.name] ?? parameter.standard else {
                faults.append(
                    .missingParameter(component: path, name: parameter.name, kind: parameter.kind.name))
                return 0
            }
            if let fault = parameter.kind.fault(in: value) {
                faults.append(.parameter(component: path, name: parameter.name, fault))
                return 0
            }
            guard let read = parameter.read(value) else {
                let fault = ParameterFault.wrongKind(expected: parameter.kind.name, actual: value.kind)
                faults.append(.parameter(component: path, name: parameter.name, fault))
                return 0
            }
            return read
        }
    }

    private mutating func check(_ policy: StepPolicy, _ path: String) {
        let seconds = "above 0 and at most \(Int(StepPolicy.secondsLimit))"
        if let timeout = policy.timeoutSeconds, !(timeout > 0 && timeout <= StepPolicy.secondsLimit) {
            faults.append(.policy(component: path, name: "timeout_seconds", allowed: seconds))
        }
        if !(1...StepPolicy.attemptLimit).contains(policy.attempts) {
            let allowed = "between 1 and \(StepPolicy.attemptLimit)"
            faults.append(.policy(component: path, name: "attempts", allowed: allowed))
        }
        if !(policy.backoffSeconds > 0 && policy.backoffSeconds <= StepPolicy.secondsLimit) {
            faults.append(.policy(component: path, name: "backoff_seconds", allowed: seconds))
        }
    }

    private mutating func bodies(
        of node: FlowGraph.Node, _ declaration: Declaration, at place: GraphPlace
    ) -> [Plan] {
        let path = place.path(node.id)
        let known = declaration.bodies.map(\.name)
        for name in node.bodies.keys.sorted() where !known.contains(name) {
            faults.append(.unknownBody(component: path, name: name, known: known))
        }
        return declaration.bodies.compactMap { body in
            guard let written = node.bodies[body.name] else {
                faults.append(.missingBody(component: path, name: body.name))
                return nil
            }
            var inner = place
            inner.prefix = "\(path)/\(body.name)/"
            inner.depth += 1
            guard inner.depth <= PlanCompiler.depthLimit else {
                faults.append(.nestedTooDeep(component: path, limit: PlanCompiler.depthLimit))
                return nil
            }
            guard let graph = graph(written, path, &inner) else { return nil }
            return compile(graph, at: inner, inputs: body.inputs, outputs: body.outputs)
        }
    }

    /// The graph that a body names or is.
    private mutating func graph(
        _ body: FlowBody, _ path: String, _ place: inout GraphPlace
    ) -> FlowGraph? {
        switch body {
        case .graph(let graph): return graph
        case .named(let name):
            let callers = [flow] + place.flows
            guard !callers.contains(name) else {
                faults.append(.callsItself(callers + [name]))
                return nil
            }
            guard let definition = compiler.library[name] else {
                let known = compiler.library.keys.sorted()
                faults.append(.unknownFlow(component: path, name: name, known: known))
                return nil
            }
            place.flows.append(name)
            return definition.graph
        }
    }
}
