import Flow
import JSONValue
import Workspace

extension FlowService {
    /// A flow with the values of the variables that its parameters name, as `{"variable": NAME}`.
    ///
    /// They are the caller's own, and never secret ones: a secret is named by `{"secret": NAME}` and found when it is
    /// used. A variable that is not there leaves its parameter as it stands, which the check of the flow complains of.
    func filled(_ definition: FlowDefinition, for owner: Owner) async throws -> FlowDefinition {
        guard definition.namesVariables else { return definition }
        let variables = try await told { () async throws(WorkspaceError) in
            try await store.variables(for: owner)
        }
        let values = Dictionary(
            variables.filter { !$0.isSecret }.map { ($0.name, String(decoding: $0.value, as: UTF8.self)) },
            uniquingKeysWith: { first, _ in first })
        var filled = definition
        filled.graph.fill(values)
        return filled
    }

    /// Forgets what was planned with the values of variables: one of them was set, changed or deleted.
    public func variablesChanged() { libraryChanged() }

    /// Forgets what was planned with the library as it was, and has others told.
    func libraryChanged() {
        plans.forget()
        onLibraryChange()
    }

    /// Looks every flow up anew from now on: another process has changed some, or a variable.
    public func forgetPlans() { plans.forget() }
}

extension FlowDefinition {
    var namesVariables: Bool { graph.namesVariables }
}

extension JSONValue {
    /// The name of the variable that it stands for.
    fileprivate var variable: String? {
        object?.count == 1 ? self["variable"]?.string : nil
    }
}

extension FlowGraph {
    fileprivate var namesVariables: Bool {
        components.contains { node in
            node.parameters.values.contains { $0.variable != nil }
                || node.bodies.values.contains { body in
                    if case .graph(let graph) = body { graph.namesVariables } else { false }
                }
        }
    }

    fileprivate mutating func fill(_ values: [String: String]) {
        for index in components.indices {
            for (name, value) in components[index].parameters {
                guard let variable = value.variable, let text = values[variable] else { continue }
                components[index].parameters[name] = .string(text)
            }
            for (name, body) in components[index].bodies {
                guard case .graph(var graph) = body else { continue }
                graph.fill(values)
                components[index].bodies[name] = .graph(graph)
            }
        }
    }
}
