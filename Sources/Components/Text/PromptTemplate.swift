import Flow
import JSONValue

/// A text with variables, each filled by an edge or a constant.
struct PromptTemplate: ImmediateComponent {
    static let type = "PromptTemplate"
    static let summary = "Fills the variables of a text, such as the prompt of a model."
    static let variableLimit = 200

    let template: Result<TextTemplate, TemplateError>
    let values: Parameter<JSONValue>
    /// One for each variable.
    let inputs: [String: OptionalInput<String>]
    let prompt: Output<ChatMessage>

    init(_ declare: inout Declaration) {
        let text = declare.text(
            "template", "", maxBytes: 256 << 10,
            "The text. Each variable in it is an input of the same name, however often it stands there.")
        let syntax = declare.choice(
            "syntax", TextTemplate.Syntax.braces,
            """
            How variables are written: braces for {name}, where {{ and }} are single braces as text; mustache for \
            {{name}}.
            """)
        values = declare.json(
            "values", [:],
            "An object: values of variables whose inputs bring none. What is no text is put in as JSON.")
        let written = declare.fixed(text) ?? ""
        let rules = declare.fixed(syntax) ?? .braces
        template = Self.read(written, rules)
        var inputs: [String: OptionalInput<String>] = [:]
        for name in (try? template.get())?.fields ?? [] {
            inputs[name] = declare.optionalInput(name, "The variable “\(name)” of the template.")
        }
        self.inputs = inputs
        prompt = declare.output("prompt", "The text with its variables filled.")
    }

    /// - Returns: what is wrong with the template, told when it is run: while a flow is checked, a component has no
    ///   say.
    private static func read(
        _ text: String, _ syntax: TextTemplate.Syntax
    ) -> Result<TextTemplate, TemplateError> {
        do throws(TemplateError) {
            let template = try TextTemplate(text, syntax: syntax)
            for case .field(let name, let place) in template.pieces where !TemplateReader.isName(name) {
                throw .noName(name, place: place)
            }
            guard template.fields.count <= variableLimit else {
                throw .tooManyVariables(limit: variableLimit)
            }
            return .success(template)
        } catch {
            return .failure(error)
        }
    }

    func compute(_ step: Step) throws {
        let template = try template.get()
        let constants = step[values]
        guard let constants = constants.object else {
            throw TemplateError.valuesNoObject(kind: constants.kind)
        }
        var text = ""
        try template.fill(into: &text) { name, place in
            if let value = inputs[name].flatMap({ step[$0] }) { return value }
            guard let constant = constants[name], constant != .null else {
                throw TemplateError.noValue(name: name, place: place)
            }
            return constant.plainText
        }
        step.send(ChatMessage(text), to: prompt)
    }
}
