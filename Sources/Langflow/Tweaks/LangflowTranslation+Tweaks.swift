import JSONValue

/// A run's tweaks, as parameters of components.
public struct TranslatedTweaks: Sendable, Hashable {
    /// By component id and parameter: what a run of the plan may change.
    public var parameters: [String: [String: JSONValue]] = [:]
    /// Tweaks that have no counterpart, such as a provider's key, in plain sentences.
    public var ignored: [String] = []
    /// Tweaks that change what a plan fixes, such as a prompt's template: run the flow of
    /// ``LangflowExport/applying(_:)`` instead.
    public var needsNewPlan: Bool = false
}

extension LangflowTranslation {
    /// Tweaks that a run may have, and fields that these may set: each counts once for every node that it names.
    public static let tweakLimit = 10_000

    /// Makes parameters of a run's tweaks.
    ///
    /// - Parameter tweaks: `{"id, display name or type": {"field": value}}`, or `{"field": value}` for every node that
    ///   has the field; `null` for none.
    /// - Throws: ``LangflowError`` for a node or field that is not there, and for code.
    public func tweaks(_ tweaks: JSONValue) throws(LangflowError) -> TranslatedTweaks {
        var translated = TranslatedTweaks()
        for tweak in try export.resolved(tweaks) {
            guard let node = nodes.first(where: { $0.id == tweak.node }) else {
                translated.ignored.append("“\(tweak.node)” is a note; it has nothing to set.")
                continue
            }
            guard let binding = node.bindings[tweak.field] else {
                // A template's own field without a counterpart still shapes what a new translation reports.
                translated.ignored.append("“\(tweak.field)” of “\(tweak.node)” has no counterpart here.")
                continue
            }
            guard binding.fixed == nil else {
                translated.needsNewPlan = true
                continue
            }
            switch binding.form.translate(tweak.value) {
            case .value(let value), .near(let value, _):
                translated.parameters[binding.component, default: [:]][binding.parameter] = value
            case .standard:
                if tweak.value == "", case .text = binding.form {
                    translated.parameters[binding.component, default: [:]][binding.parameter] = ""
                }
            case .unfit(let reason):
                throw .fixedTweakField(
                    flow: export.name, node: tweak.node, field: tweak.field, reason: reason)
            }
        }
        return translated
    }
}

extension LangflowExport {
    /// One field of one node with the value that a run gives it.
    struct Tweak: Sendable, Hashable {
        var node: String
        var field: String
        var value: JSONValue
    }

    /// The export with a run's tweaks in its fields, for a translation of its own.
    ///
    /// - Throws: ``LangflowError`` as ``LangflowTranslation/tweaks(_:)`` does.
    public func applying(_ tweaks: JSONValue) throws(LangflowError) -> LangflowExport {
        var changed = self
        for tweak in try resolved(tweaks) {
            guard let place = nodes.firstIndex(where: { $0.id == tweak.node }) else { continue }
            changed.nodes[place].fields[tweak.field]?.value = tweak.value
            changed.nodes[place].fields[tweak.field]?.isGlobal = false
            if tweak.field == "path" { changed.nodes[place].fields[tweak.field]?.filePath = nil }
        }
        return changed
    }

    /// Tweaks by node and field: those for every node first, then by type, display name and id, so that the nearest
    /// name stands.
    func resolved(_ tweaks: JSONValue) throws(LangflowError) -> [Tweak] {
        if tweaks == .null { return [] }
        guard let members = tweaks.object else {
            throw .tweaksNotAnObject(flow: name, kind: tweaks.kind)
        }
        guard members.count <= LangflowTranslation.tweakLimit else {
            throw .tooManyTweaks(flow: name, count: members.count, limit: LangflowTranslation.tweakLimit)
        }
        var ranked: [(rank: Int, tweak: Tweak)] = []
        // Before they are made: a type that many nodes have, with many fields, is a product.
        func check(adding count: Int) throws(LangflowError) {
            let sum = ranked.count + count
            guard sum <= LangflowTranslation.tweakLimit else {
                throw .tooManyTweaks(flow: name, count: sum, limit: LangflowTranslation.tweakLimit)
            }
        }
        for (key, value) in members.sorted(by: { $0.key < $1.key }) {
            let named = nodes(called: key)
            if let fields = value.object, !named.nodes.isEmpty {
                try check(adding: named.nodes.count * fields.count)
                for node in named.nodes {
                    for (field, value) in fields.sorted(by: { $0.key < $1.key }) {
                        ranked.append((named.rank, Tweak(node: node.id, field: field, value: value)))
                    }
                }
                continue
            }
            let holders = nodes.filter { !$0.isNote && $0.fields[key] != nil }
            guard !holders.isEmpty else {
                throw .unknownTweak(flow: name, name: key, known: nodes.filter { !$0.isNote }.map(\.id))
            }
            try check(adding: holders.count)
            ranked += holders.map { (0, Tweak(node: $0.id, field: key, value: value)) }
        }
        var all: [Tweak] = []
        for (_, tweak) in ranked.sorted(by: { $0.rank < $1.rank }) { all.append(try checked(tweak)) }
        return all
    }

    private func nodes(called key: String) -> (rank: Int, nodes: [LangflowNode]) {
        let own = nodes.filter { !$0.isNote }
        if let node = own.first(where: { $0.id == key }) { return (3, [node]) }
        let shown = own.filter { $0.displayName == key }
        if !shown.isEmpty { return (2, shown) }
        return (1, own.filter { $0.type == key })
    }

    /// - Throws: for a field that the node does not have, and for code. Values may come as `{"value": …}`.
    private func checked(_ tweak: Tweak) throws(LangflowError) -> Tweak {
        guard let node = nodes.first(where: { $0.id == tweak.node }) else { return tweak }
        guard let field = node.fields[tweak.field] else {
            throw .unknownTweakField(
                flow: name, node: tweak.node, field: tweak.field,
                known: node.fields.filter { $0.value.type != "code" }.keys.sorted())
        }
        guard field.type != "code" else {
            throw .fixedTweakField(
                flow: name, node: tweak.node, field: tweak.field, reason: "code of a flow is never run here")
        }
        var tweak = tweak
        if !["NestedDict", "dict", "mcp", "table"].contains(field.type), let inner = tweak.value["value"] {
            tweak.value = inner
        }
        return tweak
    }
}
