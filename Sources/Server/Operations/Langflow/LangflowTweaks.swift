import Flow
import FlowService
import JSONValue
import Langflow

/// Langflow's tweaks as changes of parameters.
///
/// `{"id, title or type": {"field": value}}` is for the components of that name, `{"field": value}` for every
/// component that has the field.
enum LangflowTweaks {
    /// Gives a run what tweaks say: changes of parameters, or an adapted flow where they change what a plan fixes.
    ///
    /// - Throws: ``RequestFault/invalidField(name:reason:)`` for a name that the flow does not have.
    static func apply(
        _ tweaks: [String: JSONValue], to request: inout FlowRequest, of definition: FlowDefinition,
        as translated: LangflowTranslation?
    ) throws {
        guard !tweaks.isEmpty else { return }
        guard let translated else {
            request.changes = try changes(tweaks, of: definition)
            return
        }
        do {
            let all = try translated.tweaks(.object(tweaks))
            guard all.needsNewPlan else {
                request.changes = all.parameters
                return
            }
            request.adapted = try LangflowTranslation(
                try translated.export.applying(.object(tweaks))
            ).runnable()
        } catch {
            throw RequestFault.invalidField(name: "tweaks", reason: "cannot be taken: \(error.withoutStop)")
        }
    }

    private static func changes(
        _ tweaks: [String: JSONValue], of definition: FlowDefinition
    ) throws -> [String: [String: JSONValue]] {
        var changes: [String: [String: JSONValue]] = [:]
        var count = 0
        // Before they are made: a type that many components have, with many fields, is a product.
        func add(_ more: Int) throws(RequestFault) {
            count += more
            guard count <= LangflowTranslation.tweakLimit else {
                throw .invalidField(
                    name: "tweaks",
                    reason:
                        "set \(count) parameters or more; at most \(LangflowTranslation.tweakLimit) are taken"
                )
            }
        }
        for (name, value) in tweaks.sorted(by: { $0.key < $1.key }) {
            guard let fields = value.object else {
                for node in definition.graph.components where node.parameters[name] != nil {
                    try add(1)
                    changes[node.id, default: [:]][name] = value
                }
                continue
            }
            let named = definition.graph.components.filter {
                $0.id == name || $0.title == name || $0.type == name
            }
            guard !named.isEmpty else {
                throw RequestFault.invalidField(
                    name: "tweaks.\(name.prefix(100))",
                    reason: "names no component of the flow “\(definition.name)”; it has "
                        + definition.graph.components.prefix(40).map(\.id).joined(separator: ", "))
            }
            try add(named.count * fields.count)
            for node in named { changes[node.id, default: [:]].merge(fields) { _, new in new } }
        }
        return changes
    }
}

extension Error {
    /// What it says, to be put into a sentence that ends by itself.
    var withoutStop: String {
        let text = "\(self)"
        return text.hasSuffix(".") ? String(text.dropLast()) : text
    }
}
