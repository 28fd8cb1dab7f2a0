import Flow
import JSONValue

extension Translator {
    /// Makes a node's components, without their edges.
    mutating func place(_ node: LangflowNode) {
        switch ComponentRules.match(node) {
        case .embedding:
            change(node.id) { $0.standing = .merged }
            remark(node.id, "The corpus has its own embedding.")
        case .none:
            change(node.id) { $0.standing = .missing }
            remark(node.id, ComponentRules.advice(for: node.type))
            let fault = TranslationReport.Obstacle.missing(
                node: node.id, type: node.type, advice: ComponentRules.advice(for: node.type), needed: "")
            add(node, "", as: draft.freeID(node.id), ports: ComponentPorts(), fault: fault)
        case .rule(let rule):
            if isModelOnly(node) {
                change(node.id) { $0.standing = .merged }
                let asked = Self.model(askedBy: node)
                remark(
                    node.id,
                    """
                    The models of the settings run what it is connected to\
                    \(asked.isEmpty ? "" : "; it asks for \(asked)").
                    """)
                return
            }
            rules[node.id] = rule
            place(node, rule)
        }
    }

    private mutating func place(_ node: LangflowNode, _ rule: ComponentRule) {
        switch rule.special {
        case .store, .knowledge: placeStore(node, rule)
        case .textInput where isConnected(node.id, "input_value"):
            add(node, "Pass", as: draft.freeID(node.id))
        case .loop:
            var ports = ComponentPorts.known["Loop"] ?? ComponentPorts()
            ports.outputs.append(("item", .data))
            add(node, rule.component, as: draft.freeID(node.id), ports: ports)
        default: add(node, rule.component, as: draft.freeID(node.id))
        }
        guard let id = component(node.id) else { return }
        if let reason = rule.approximation ?? rule.approximations[node.type] {
            let isIngest = draft[id]?.type == "Ingest"
            approximate(
                node.id, isIngest ? "It is the corpus that Millrace holds." : Self.sentence(reason))
        }
        draft.change(id) {
            $0.role = rule.role
            $0.hasEffect = $0.hasEffect || (rule.hasEffect && !node.isTool)
        }
        if id != node.id { remark(node.id, "It is called “\(id)” here: graphs do not take its id.") }
        let type = draft[id]?.type
        change(node.id) { $0.component = type }
        setParameters(node, rule, of: id)
        tellLosses(node, rule)
        finishSpecial(node, rule, id)
    }

    /// Adds a component that stands for a node.
    mutating func add(
        _ node: LangflowNode, _ type: String, as id: String, ports: ComponentPorts? = nil,
        fault: TranslationReport.Obstacle? = nil
    ) {
        draft.add(
            Draft.Component(
                id: id, type: type, title: node.displayName,
                ports: ports ?? ComponentPorts.known[type] ?? ComponentPorts(),
                origin: node.id, fault: fault))
        if components[node.id] == nil { components[node.id] = ["": id] }
    }

    /// A store searches, ingests, or both; here these are two components.
    private mutating func placeStore(_ node: LangflowNode, _ rule: ComponentRule) {
        let writes = ["ingest_data", "input_df"].contains { isConnected(node.id, $0) }
        let mode = node.fields["mode"]?.value.string
        let asks = rule.inputs.first?.fields.contains { isConnected(node.id, $0) } ?? false
        let reads =
            node.isTool || asks
            || (used[node.id] ?? []).contains { rule.outputs[$0] == "results" }
            || (mode != "Ingest" && !writes)
        let id = draft.freeID(node.id)
        if reads { add(node, "CorpusSearch", as: id) }
        guard writes, !node.isTool else {
            if writes { remark(node.id, "As a tool it searches only; what is led into it is not ingested.") }
            return
        }
        let ingest = reads ? draft.freeID("\(node.id)-ingest") : id
        add(node, "Ingest", as: ingest)
        let space =
            ["knowledge_base", "collection_name", "index_name"].lazy
            .compactMap { node.fields[$0]?.value.string }.first { !$0.isEmpty } ?? "langflow"
        approximate(node.id, "What is led into it is ingested into the space “\(space.prefix(60))”.")
        draft.change(ingest) {
            $0.parameters["space"] = .string(String(space.prefix(200)))
            $0.hasEffect = true
            $0.isSynthetic = reads
        }
        components[node.id]?["data"] = ingest
        components[node.id]?["result"] = ingest
        if reads {
            approximate(node.id, "It is searched without waiting for what is ingested in the same run.")
        }
    }

    /// Whether all it does is to hand its model on.
    func isModelOnly(_ node: LangflowNode) -> Bool {
        let outputs = used[node.id] ?? []
        let models = outputs.filter { name in
            ComponentRules.modelOutputs.contains(name)
                || node.outputs.contains { $0.name == name && $0.types == ["LanguageModel"] }
        }
        return !models.isEmpty && models.count == outputs.count
    }

    /// The model that a node names, such as `gpt-4o-mini (OpenAI)`; empty for none.
    static func model(askedBy node: LangflowNode) -> String {
        let chosen = ["model", "model_name", "model_id"].lazy.compactMap { name -> String? in
            node.fields[name].flatMap { ValueForm.chosen($0.value) }
        }.first { !$0.isEmpty }
        let provider =
            node.fields["model"]?.value.array?.first?["provider"]?.string
            ?? ["provider", "agent_llm"].lazy.compactMap { node.fields[$0]?.value.string }.first {
                !$0.isEmpty
            }
        return switch (chosen, provider) {
        case (let chosen?, let provider?): "\(chosen.prefix(100)) (\(provider.prefix(60)))"
        case (let chosen?, nil): String(chosen.prefix(100))
        case (nil, let provider?): "a model of \(provider.prefix(60))"
        case (nil, nil): ""
        }
    }

    /// A reason as a sentence of its own.
    static func sentence(_ reason: String) -> String {
        reason.prefix(1).uppercased() + reason.dropFirst() + "."
    }
}
