/// Langflow's exports and flows of ours, both ways. Knows components by their names only.
///
/// - Reading: ``LangflowExport/flows(in:file:)`` takes an export of one flow, a list, or a project.
/// - Translating: ``LangflowTranslation/init(_:)`` gives a `FlowDefinition`, a ``TranslationReport`` by node, and
///   ``TranslatedNode``s: what the run API has to know of each.
/// - Running: ``LangflowTranslation/tweaks(_:)`` makes a run's tweaks parameters of components, and
///   ``LangflowExport/applying(_:)`` an export of its own where a tweak changes more than parameters.
/// - Writing: ``LangflowWriter/write(_:origin:)`` makes an export that Langflow opens.
///
/// Python code is text here and never executed. Keys that stand in an export are not taken over;
/// ``LangflowExport/withoutSecrets`` is what may be kept.
public enum Langflow {
    /// The types of components that a translation may write: a catalogue that runs imported flows has them all.
    public static let requiredComponentTypes: [String] = ComponentPorts.known.keys.sorted()

    /// The ports of one of ``requiredComponentTypes`` as translations use them: names and payloads, for a test beside
    /// the catalogue. Ports that depend on parameters are not among them.
    public static func ports(of type: String) -> (inputs: [String: String], outputs: [String: String])? {
        ComponentPorts.known[type].map { ports in
            (
                Dictionary(
                    ports.inputs.map { ($0.name, $0.payload.rawValue) },
                    uniquingKeysWith: { first, _ in first }),
                Dictionary(
                    ports.outputs.map { ($0.name, $0.payload.rawValue) },
                    uniquingKeysWith: { first, _ in first })
            )
        }
    }

    /// The parameters that translations may set of one of ``requiredComponentTypes``, for the same test.
    public static func parameters(of type: String) -> Set<String> {
        Set(ComponentRules.all.filter { $0.component == type }.flatMap { $0.parameters.map(\.parameter) })
    }
}
